// Calls the inventory service in Node: all four kinds of RPC.
//
// Usage: node client.js [ADDRESS]

import { promisify } from "node:util";
import { credentials, status } from "@grpc/grpc-js";
import { CountResponse_HintSchema, StorageClass } from "@acme/inventory/v1";
import { InventoryServiceClient } from "@acme/inventory/v1/grpc";

const ITEMS = [
  {
    sku: "TEA-250",
    name: "Green tea",
    class: StorageClass.AMBIENT,
    price: { currencyCode: "EUR", units: 4n, nanos: 900_000_000 },
  },
  { sku: "CUP-1", name: "Cup", price: { currencyCode: "EUR", units: 7n } },
  { name: "Nothing" },
];
const SCANS = [["TEA-250", 12], ["TEA-250", -9], ["CUP-1", -1]];

const client = new InventoryServiceClient(process.argv[2] ?? "127.0.0.1:50051", credentials.createInsecure());
const within = () => ({ deadline: Date.now() + 10_000 });

// Many requests, one response.
async function importItems() {
  const response = await new Promise((resolve, reject) => {
    const call = client.import(within(), (error, answer) => (error ? reject(error) : resolve(answer)));
    for (const item of ITEMS) call.write({ item });
    call.end();
  });
  console.log(`import: ${response.created} new, ${response.replaced} replaced`);
  for (const [sku, reason] of Object.entries(response.errors)) {
    console.log(`import: left out '${sku}': ${reason}`);
  }
}

// One request, one response.
async function getItem(sku) {
  try {
    const { item } = await promisify(client.getItem).call(client, { sku }, within());
    const cents = String(item.price.nanos / 10_000_000).padStart(2, "0");
    console.log(`get: ${item.name}, ${item.price.units}.${cents} ${item.price.currencyCode}`);
  } catch (error) {
    console.log(`get: ${status[error.code]}: ${error.details}`);
  }
}

// One request, one response.
async function listItems() {
  const list = promisify(client.listItems).bind(client);
  const { items, page } = await list({}, within());
  console.log(`list: ${items.map((item) => item.sku).join(", ")} of ${page.total}`);
  const ambient = await list({ class: StorageClass.AMBIENT }, within());
  console.log(`list ambient: ${ambient.items.map((item) => item.sku).join(", ")}`);
}

// Many requests, many responses, while another call watches.
async function count() {
  const watching = client.watchStock({ sku: "TEA-250" }, within());
  const watched = watching[Symbol.asyncIterator]();
  console.log(`watch: ${(await watched.next()).value.stock.quantity}`);
  const call = client.count(within());
  for (const [sku, difference] of SCANS) call.write({ sku, difference });
  call.end();
  for await (const { stock, hint } of call) {
    console.log(`count: ${stock.sku} ${stock.quantity} ${CountResponse_HintSchema.value[hint].name}`);
  }
  for (let change = 0; change < 2; change += 1) {
    const { stock, movement } = (await watched.next()).value;
    console.log(`watch: ${stock.quantity}, ${movement.quantity} moved`);
  }
  watching.on("error", () => {}); // the cancellation arrives as an error
  watching.cancel();
}

await importItems();
await getItem("TEA-250");
await getItem("COFFEE-500");
await listItems();
await count();
client.close();
