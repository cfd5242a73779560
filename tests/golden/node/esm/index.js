export * as v1 from "./acme/user/v1/index.js";
