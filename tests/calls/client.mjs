// Calls the inventory service, as a consumer of some minor version of its stubs writes it; prints what came back.
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { MoneySchema } from "@team/common/v1";
import { InventoryServiceClient } from "@team/inventory/v1/grpc";

const knows = "isEstimate" in MoneySchema.field;
const estimate = knows ? { isEstimate: true } : {};
const client = new InventoryServiceClient(process.argv[2], credentials.createInsecure());
const within = () => ({ deadline: Date.now() + 30_000 });

const take = (item) =>
  new Promise((resolve, reject) => {
    const call = client.import(within(), (error, answer) => (error ? reject(error) : resolve(answer)));
    call.write({ item });
    call.end();
  });

async function show(sku) {
  const { item } = await promisify(client.getItem).call(client, { sku }, within());
  const known = knows ? item.price.isEstimate : "unknown";
  console.log(`${item.name}: ${item.price.units} ${item.price.currencyCode}, estimate ${known}`);
  return item;
}

await take({ sku: "TEA", name: "Tea", price: { currencyCode: "EUR", units: 4n, ...estimate } });
await show("TEA");
const copy = await show("CUP");
copy.sku = "COPY";
const { errors } = await take(copy);
console.log(`copied: ${JSON.stringify(errors)}`);
client.close();
