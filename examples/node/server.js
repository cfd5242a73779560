// The inventory service in Node: all four kinds of RPC.
//
// Usage: node server.js [PORT]

import { EventEmitter } from "node:events";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { CountResponse_Hint } from "@acme/inventory/v1";
import { InventoryServiceService } from "@acme/inventory/v1/grpc";
import { timestampNow } from "@bufbuild/protobuf/wkt";

const FEW = 5n;
const items = new Map();
const quantities = new Map();
const changes = new EventEmitter(); // an event for each sku

const stockOf = (sku) => ({ sku, quantity: quantities.get(sku), time: timestampNow() });
const missing = (sku) => (items.has(sku) ? null : { code: status.NOT_FOUND, details: `there is no item ${sku}` });

/** @type {import("@acme/inventory/v1/grpc").InventoryServiceServer} */
const inventory = {
  getItem({ request: { sku } }, callback) {
    const error = missing(sku);
    callback(error, error ? null : { item: items.get(sku), stock: stockOf(sku) });
  },

  listItems({ request }, callback) {
    const sorted = [...items.keys()].sort().map((sku) => items.get(sku));
    const found = sorted.filter((item) => request.class === undefined || item.class === request.class);
    callback(null, { items: found, page: { total: BigInt(found.length) } });
  },

  watchStock(call) {
    const { sku } = call.request;
    if (missing(sku)) {
      call.emit("error", missing(sku));
      return;
    }
    const tell = (movement) => call.write({ stock: stockOf(sku), movement });
    changes.on(sku, tell);
    call.on("cancelled", () => changes.off(sku, tell)); // the client went away
    tell();
  },

  import(call, callback) {
    const response = { created: 0n, replaced: 0n, errors: {} };
    call.on("data", ({ item }) => {
      if (!item?.sku) {
        response.errors[""] = "an item needs a sku";
        return;
      }
      if (items.has(item.sku)) {
        response.replaced += 1n;
      } else {
        response.created += 1n;
        quantities.set(item.sku, 0n);
      }
      items.set(item.sku, item);
    });
    call.on("end", () => callback(null, response));
  },

  count(call) {
    call.on("data", ({ sku, difference }) => {
      if (missing(sku)) {
        call.emit("error", missing(sku));
        return;
      }
      quantities.set(sku, quantities.get(sku) + BigInt(difference));
      changes.emit(sku, { sku, quantity: BigInt(Math.abs(difference)) });
      call.write({ stock: stockOf(sku), hint: hintFor(quantities.get(sku)) });
    });
    call.on("end", () => call.end());
  },
};

function hintFor(quantity) {
  if (quantity < 0n) return CountResponse_Hint.RECOUNT;
  return quantity < FEW ? CountResponse_Hint.REFILL : CountResponse_Hint.UNSPECIFIED;
}

const server = new Server();
server.addService(InventoryServiceService, inventory);
server.bindAsync(`127.0.0.1:${process.argv[2] ?? 50051}`, ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`listening on 127.0.0.1:${port}`);
});
