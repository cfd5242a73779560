"""npm packages of the sample workspace, used as strangers use them."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import succeed
from node_programs import (
    check_types,
    import_everything,
    import_names,
    make_once,
    nodes,
    npm,
    npm_tools,
    pinned_node,
    read_package,
)

from protoctl.targets.node.floors import GRPC_FLOOR, RUNTIME_FLOOR

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Sample

pytestmark = pytest.mark.registries

HEAD = {
    "mjs": """
import * as grpc from "@grpc/grpc-js";
import { InventoryServiceClient, InventoryServiceService } from "@acme/inventory/v1/grpc";
import { create } from "@bufbuild/protobuf";
import { ImportRequestSchema } from "@acme/inventory/v1";
""",
    "cjs": """
const grpc = require("@grpc/grpc-js");
const { InventoryServiceClient, InventoryServiceService } = require("@acme/inventory/v1/grpc");
const { create } = require("@bufbuild/protobuf");
const { ImportRequestSchema } = require("@acme/inventory/v1");
""",
}
CALLS = """
const server = new grpc.Server();
server.addService(InventoryServiceService, {
  getItem: (call, callback) => call.request.sku
    ? callback(null, { item: { sku: call.request.sku, price: { units: 9007199254740993n } } })
    : callback({ code: grpc.status.NOT_FOUND, details: "no such item" }),
  watchStock(call) {
    for (const quantity of [1n, 2n]) call.write({ stock: { sku: call.request.sku, quantity } });
    call.end();
  },
  import(call, callback) {
    let created = 0n;
    call.on("data", (request) => { created += request.item.sku === "a" ? 1n : 10n; });
    call.on("end", () => callback(null, { created, errors: { by: call.metadata.get("by")[0] } }));
  },
  count(call) {
    call.on("data", (request) => call.write({ stock: { sku: request.sku }, hint: 1 }));
    call.on("end", () => call.end());
  },
});
const expect = (got, wanted) => {
  if (String(got) !== String(wanted)) throw new Error(`${got} is not ${wanted}`);
};
async function main(port) {
  const client = new InventoryServiceClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const unary = (request) =>
    new Promise((done, fail) => client.getItem(request, (error, response) => (error ? fail(error) : done(response))));
  expect((await unary({ sku: "a" })).item.price.units, 9007199254740993n);
  expect(await unary({}).catch((error) => error.code), grpc.status.NOT_FOUND);
  const quantities = [];
  for await (const response of client.watchStock({ sku: "a" })) quantities.push(response.stock.quantity);
  expect(quantities, "1,2");
  const metadata = new grpc.Metadata();
  metadata.set("by", "ann");
  const imported = await new Promise((done, fail) => {
    const call = client.import(metadata, (error, response) => (error ? fail(error) : done(response)));
    call.write({ item: { sku: "a" } });
    call.write(create(ImportRequestSchema, { item: { sku: "b" } }));
    call.end();
  });
  expect(`${imported.created} ${imported.errors.by}`, "11 ann");
  const both = client.count();
  both.write({ sku: "x" });
  both.write({ sku: "y" });
  both.end();
  const counted = [];
  for await (const response of both) counted.push(response.stock.sku + response.hint);
  expect(counted, "x1,y1");
  client.close();
  server.forceShutdown();
  console.log("done");
}
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  main(port).catch((reason) => { console.error(reason); process.exit(1); });
});
"""
README_SERVER = """
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { InventoryServiceService } from "@acme/inventory/v1/grpc";
const server = new Server();
server.addService(InventoryServiceService, {
  getItem: (call, callback) => {
    callback(null, { item: { name: "seen" } });
    setImmediate(() => server.tryShutdown(() => process.exit(0)));
  },
});
const { promise, resolve } = Promise.withResolvers();
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => resolve(port));
const port = await promise;
"""
CONSUMER = """
import { Metadata, Server, credentials, status } from "@grpc/grpc-js";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@acme/inventory";
import { ItemSchema, type Item } from "@acme/inventory/acme/inventory/v1/item_pb.js";
import { ItemSchema as same } from "@acme/inventory/acme/inventory/v1/item_pb";
import { InventoryServiceClient, InventoryServiceService, type InventoryServiceServer } from "@acme/inventory/v1/grpc";

const item: Item = create(ItemSchema, { sku: "a", measure: { case: "pieces", value: 3 } });
const init: MessageInitShape<typeof v1.ItemSchema> = { price: { units: 1n } };
const both: v1.Item[] = [item, create(same, init)];
const client = new InventoryServiceClient("localhost:50051", credentials.createInsecure(), {});
client.getItem({ sku: "a" }, new Metadata(), { deadline: 1 }, (error, response) => {
  const code: status | undefined = error?.code;
  const units: bigint | undefined = response?.item?.price?.units;
  // @ts-expect-error a response is no bag of anything
  console.log(code, units, response?.nothing);
});
// @ts-expect-error a sku is a string
client.getItem({ sku: 1 }, () => {});
// @ts-expect-error a stream takes no request
client.count({ sku: "a" });
client.count().write({ sku: "a", difference: 1 });
// @ts-expect-error the message is another
client.import(() => {}).write({ quantity: 1 });
const handlers: InventoryServiceServer = {
  getItem: (call, callback) => callback(null, { item: { sku: call.request.sku } }),
  listItems: (call, callback) => callback(null, { items: both }),
  watchStock: (call) => call.end(),
  import: (call, callback) => callback({ code: status.UNIMPLEMENTED }),
  count: (call) => {
    call.on("data", (request) => call.write({ stock: { sku: request.sku } }));
  },
};
new Server().addService(InventoryServiceService, handlers);
// @ts-expect-error methods are missing
const partial: InventoryServiceServer = { getItem: handlers.getItem };
class Derived extends InventoryServiceClient {
  override close(): void {
    super.close();
  }
}
console.log(partial, new Derived("localhost:1", credentials.createInsecure()), InventoryServiceClient.serviceName);
"""


@pytest.fixture(scope="module")
def tarballs(sample: Sample) -> list[Path]:
    """Give every tarball of the sample, sorted."""
    return sorted((sample.dist / "node").glob("*.tgz"))


@pytest.fixture(scope="module")
def consumer(tarballs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where npm installed all tarballs, and their dependencies from the registry."""
    base = tmp_path_factory.getbasetemp()
    return make_once(base, "node-consumer", lambda folder: npm("install", *tarballs, cwd=folder))


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of compilers and linters."""
    return npm_tools(tmp_path_factory.getbasetemp())


def one_package(tarballs: list[Path], module: str) -> dict[str, bytes]:
    """Give the files of a module's package."""
    return read_package(next(path for path in tarballs if path.name.startswith(f"acme-{module}-")))


def test_siblings_come_from_the_given_tarballs_and_runtimes_once(consumer: Path) -> None:
    lock = json.loads((consumer / "package-lock.json").read_text())["packages"]
    assert sum(path.endswith("@bufbuild/protobuf") for path in lock) == 1
    for module in ("billing", "common", "inventory", "secret", "user"):
        found = [value for path, value in lock.items() if path.endswith(f"@acme/{module}")]
        assert [value["resolved"].startswith("file:") for value in found] == [True]


def test_everything_imports_both_ways_on_every_node(consumer: Path, tarballs: list[Path]) -> None:
    assert import_everything(consumer, tarballs) > 60


@pytest.mark.parametrize("form", ["mjs", "cjs"])
def test_all_kinds_of_rpc_work(consumer: Path, form: str) -> None:
    (consumer / f"calls.{form}").write_text(HEAD[form] + CALLS)
    for node in nodes():
        assert succeed(node, f"calls.{form}", cwd=consumer) == "done\n"


def test_the_readme_example_runs(consumer: Path, tarballs: list[Path]) -> None:
    readme = one_package(tarballs, "inventory")["README.md"].decode()
    examples = re.findall(r"```js\n(.*?)```", readme, re.DOTALL)
    assert len(examples) == 1
    program = README_SERVER + examples[0].replace('"localhost:50051"', "`127.0.0.1:${port}`")
    assert "name: 'seen'" in succeed(pinned_node(), "--input-type=module", "--eval", program, cwd=consumer)


def test_the_readme_example_of_a_module_without_services_runs(consumer: Path, tarballs: list[Path]) -> None:
    readme = one_package(tarballs, "common")["README.md"].decode()
    [example] = re.findall(r"```js\n(.*?)```", readme, re.DOTALL)
    shown = succeed(pinned_node(), "--input-type=module", "--eval", example, cwd=consumer)
    assert "'$typeName': 'acme.common.v1." in shown.replace('"', "'").replace("$typeName:", "'$typeName':")


@pytest.mark.parametrize("compiler", ["typescript", "typescript7"])
@pytest.mark.parametrize("resolution", ["node16", pytest.param("bundler", marks=pytest.mark.slow)])
def test_a_typed_consumer_type_checks(consumer: Path, tools: Path, compiler: str, resolution: str) -> None:
    suffixes = ("mts", "cts") if resolution == "node16" else ("ts",)
    files = [f"{compiler}-{resolution}.{suffix}" for suffix in suffixes]
    for name in files:
        (consumer / name).write_text(CONSUMER)
    module = "node16" if resolution == "node16" else "esnext"
    check_types(tools, compiler, consumer, "--module", module, "--moduleResolution", resolution, *files)


@pytest.mark.parametrize("module", ["billing", "common", "inventory", "secret", "user"])
def test_publint_and_attw_find_nothing(tarballs: list[Path], tools: Path, module: str) -> None:
    tarball = next(path for path in tarballs if path.name.startswith(f"acme-{module}-"))
    name = f"@acme/{module}"
    entries = [f".{one.removeprefix(name)}" for one in import_names(tarball)]
    modules = tools / "node_modules"
    assert "All good!" in succeed(pinned_node(), modules / "publint/src/cli.js", "--strict", tarball)
    attw = modules / "@arethetypeswrong/cli/dist/index.js"
    assert "No problems found" in succeed(pinned_node(), attw, tarball, "--no-color", "--entrypoints", *entries)


def test_npm_would_publish_each_as_it_is(tarballs: list[Path], tmp_path: Path) -> None:
    for tarball in tarballs:
        shutil.copyfile(tarball, tmp_path / tarball.name)
        nowhere = ("--registry", "http://127.0.0.1:9/", "--fetch-retries", "0")
        said = npm("publish", f"./{tarball.name}", "--dry-run", "--json", "--tag", "next", *nowhere, cwd=tmp_path)
        assert tarball.name in said
        assert "auto-corrected" not in said


def test_metadata_is_what_npm_wants(tarballs: list[Path]) -> None:
    files = one_package(tarballs, "inventory")
    metadata = json.loads(files["package.json"])
    assert metadata["name"] == "@acme/inventory"
    assert metadata["version"] == "0.1.0-dev.0"
    assert metadata["license"] == "Apache-2.0"
    assert metadata["description"].startswith("What lies in which warehouse")
    assert metadata["engines"] == {"node": ">=16.10.0"}
    assert sorted(metadata["dependencies"]) == ["@acme/common", "@acme/user", "@bufbuild/protobuf", "@grpc/grpc-js"]
    assert metadata["dependencies"]["@acme/user"] == "0.1.0-dev.0"
    assert list(metadata["exports"]["."]["import"]) == ["types", "default"]
    assert {"LICENSE", "README.md", "acme/inventory/v1/item.proto", "protoctl/schema.binpb"} <= set(files)
    assert json.loads(files["protoctl/build.json"])["module"] == "inventory"


def test_runtime_bounds_are_the_measured_floors(tarballs: list[Path]) -> None:
    dependencies = json.loads(one_package(tarballs, "common")["package.json"])["dependencies"]
    assert dependencies == {"@bufbuild/protobuf": f"^{RUNTIME_FLOOR}"}
    assert (
        json.loads(one_package(tarballs, "user")["package.json"])["dependencies"]["@grpc/grpc-js"] == f"^{GRPC_FLOOR}"
    )
