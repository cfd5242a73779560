"use strict";
module.exports = {
  ...require("./user_pb.js"),
  ...require("./user_service_pb.js"),
};
Object.defineProperty(module.exports, "__esModule", { value: true });
