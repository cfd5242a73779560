// The inventory service, as a consumer of some minor version of its stubs writes it; it prints where it listens.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { MoneySchema } from "@team/common/v1";
import { InventoryServiceService } from "@team/inventory/v1/grpc";

const knows = "isEstimate" in MoneySchema.field;
const estimate = knows ? { isEstimate: true } : {};
const items = new Map([["CUP", { sku: "CUP", name: "Cup", price: { currencyCode: "EUR", units: 7n, ...estimate } }]]);

const server = new Server();
server.addService(InventoryServiceService, {
  getItem({ request }, callback) {
    callback(null, { item: items.get(request.sku) });
  },
  import(call, callback) {
    const errors = {};
    call.on("data", ({ item }) => {
      items.set(item.sku, item);
      if (knows && item.name === "Cup" && !item.price.isEstimate) errors[item.sku] = "the estimate is lost";
    });
    call.on("end", () => callback(null, { errors }));
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`127.0.0.1:${port}`);
});
