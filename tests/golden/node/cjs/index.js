"use strict";
module.exports = {
};
Object.defineProperty(module.exports, "__esModule", { value: true });
module.exports.v1 = require("./acme/user/v1/index.js");
