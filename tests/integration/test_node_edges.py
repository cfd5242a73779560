"""npm packages of protos that are hard on JavaScript: names, comments, editions, imports that others publish."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from conftest import Workspace, succeed
from node_programs import check_types, import_everything, lay_out, npm_tools, pinned_node, read_package

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl

CONFIGURATION = """
[workspace]
name = "acme"
modules = ["acme/*"]

[metadata]
license = "MIT"
authors = ["Ann <ann@example.test>", "Bob"]
keywords = ["`${shop}`", "quo\\"te"]
urls = { Repository = "https://git.example.test/acme", Homepage = "https://example.test", Issues = "https://i.test" }

[node]
int64 = "string"

[dependencies]
"google/api/**" = { python = "googleapis-common-protos", node = "bundle" }
"google/type/**" = { python = "googleapis-common-protos", node = "@acme-open/types@^2.1.0" }
"""
ATTACK = (
    ' */ globalThis.owned = 1; /* `${globalThis.owned = 1}` {{ 7 * 7 }} {% endraw %} \\u002a/ "quoted"\n'
    "// \u2028 globalThis.owned = 1 //\n"
    "// \u2029 globalThis.owned = 1 //\n"
    '/// <reference path="./nowhere.d.ts" />\n'
    "//# sourceMappingURL=nowhere.map\n"
)
HOSTILE = f"""//{ATTACK}
syntax = "proto3";
//{ATTACK}
package acme.edge_case.v1;
//{ATTACK}
service Hostile {{
  //{ATTACK}
  rpc Call(Hurt) returns (Hurt);
}}
//{ATTACK}
message Hurt {{
  //{ATTACK}
  string text = 1;
}}
"""
NAMES = """
message Object { Promise promise = 1; }
message Promise { int64 when = 1; map<int64, sint64> times = 2; repeated fixed64 many = 3; }
message UserClient { string id = 1; }
message UserService { string id = 1; }
service User {
  rpc Import(Object) returns (Promise);
  rpc Delete(stream UserClient) returns (google.protobuf.Empty);
  rpc Close(UserService) returns (stream Promise);
  rpc Constructor(Object) returns (Object);
  rpc ToString(Object) returns (Object);
  rpc GetChannel(Object) returns (Object);
}
service UserService2 { option deprecated = true; rpc get(Object) returns (Object); }
service Empty {}
"""
EDITION = """edition = "2023";
package acme.edge_case.v2;
option features.field_presence = IMPLICIT;
message Edited {
  string name = 1 [features.field_presence = EXPLICIT];
  Edited inner = 2 [features.message_encoding = DELIMITED];
  int32 number = 3 [default = 7, features.field_presence = EXPLICIT];
}
"""
PROGRAM = """
import { create, toBinary, fromBinary } from "@bufbuild/protobuf";
import { PromiseSchema } from "@acme/edge-case/acme/edge_case/v1/odd-names_pb.js";
import { UserClient, UserService } from "@acme/edge-case/acme/edge_case/v1/odd-names_grpc.js";
import { EditedSchema } from "@acme/edge-case/v2";
import { Client } from "@grpc/grpc-js";
const sent = create(PromiseSchema, { when: "9223372036854775807", many: ["1"] });
const seen = fromBinary(PromiseSchema, toBinary(PromiseSchema, sent));
if (seen.when !== "9223372036854775807" || seen.many[0] !== "1") throw new Error(typeof seen.when);
const names = Object.keys(UserService).join();
if (names !== "import,delete,close$,constructor$,toString$,getChannel$") throw new Error(names);
if (UserClient.prototype.close !== Client.prototype.close) throw new Error("close was replaced");
if (UserService.close$.path !== "/acme.edge_case.v1.User/Close") throw new Error(UserService.close$.path);
if (create(EditedSchema).number !== 7) throw new Error("no default");
const edited = create(EditedSchema, { inner: { name: "x" } });
if (toBinary(EditedSchema, edited)[0] !== ((2 << 3) | 3)) throw new Error("not delimited");
"""
TYPES = """
import { UserClient, type UserServer, UserService } from "@acme/edge-case/acme/edge_case/v1/odd-names_grpc.js";
import { HostileClient } from "@acme/edge-case/acme/edge_case/v1/hostile_grpc.js";
import type { Promise } from "@acme/edge-case/acme/edge_case/v1/odd-names_pb.js";
import { Server, credentials } from "@grpc/grpc-js";
export * from "@acme/edge-case/v2";
const client = new UserClient("localhost:1", credentials.createInsecure());
client.import({ promise: { when: "1" } }, (error, response) => {
  const when: string | undefined = response?.when;
  void when;
});
// @ts-expect-error 64-bit integers are strings here
client.import({ promise: { when: 1n } }, () => {});
client.delete((error, nothing) => {}).write({ id: "1" });
client.close$({ id: "x" }).on("data", (promise: Promise) => {});
client.close();
declare const handlers: UserServer;
new Server().addService(UserService, handlers);
new HostileClient("localhost:1", credentials.createInsecure()).call({ text: "" }, () => {});
"""


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory, protoctl: Protoctl) -> Path:
    """Give the folder of built tarballs."""
    workspace = Workspace(tmp_path_factory.mktemp("edges") / "workspace")
    workspace.configure(CONFIGURATION)
    empty = "google/protobuf/empty.proto"
    workspace.proto("acme/edge_case/v1/odd-names.proto", NAMES, imports=(empty,))
    workspace.write("proto/acme/edge_case/v1/hostile.proto", HOSTILE)
    workspace.write("proto/acme/edge_case/v2/edited.proto", EDITION)
    workspace.write(
        "proto/acme/shared/v1/shared.proto",
        'syntax = "proto3"; package acme.shared.v1; import public "google/api/http.proto";\n'
        'import public "acme/edge_case/v2/edited.proto"; import public "google/type/money.proto";\n'
        "message Shared { acme.edge_case.v2.Edited edited = 1; }",
    )
    body = "message User { google.api.Http http = 1; acme.edge_case.v2.Edited edited = 2; google.type.Money pay = 3; }"
    workspace.proto("acme/user/user.proto", body, imports=("acme/shared/v1/shared.proto",))
    workspace.proto("acme/user/v1/user.proto", "enum Kind { KIND_UNSPECIFIED = 0; }")
    done = protoctl("build", "--target", "node", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 0, done.err
    return workspace.root / "dist/node"


def tarball(edges: Path, module: str) -> Path:
    """Give the tarball of a module."""
    return edges / f"acme-{module}-0.1.0-dev.0.tgz"


@pytest.fixture
def consumer(edges: Path, tmp_path: Path) -> Path:
    """Give a folder where the package of odd names is installed."""
    return lay_out(tmp_path / "consumer", [tarball(edges, "edge-case")])


def test_odd_names_and_hostile_comments_import_both_ways_and_do_nothing(edges: Path, consumer: Path) -> None:
    assert import_everything(consumer, [tarball(edges, "edge-case")]) > 10


def test_no_tool_obeys_a_comment(edges: Path) -> None:
    files = read_package(tarball(edges, "edge-case"))
    for path, data in files.items():
        if path.endswith((".js", ".d.ts")):
            text = data.decode()
            assert not [line for line in text.split("\n") if line.startswith(("///", "//#", "//@"))], path
            assert "\u2028" not in text, path
    readme = files["README.md"].decode()
    assert "\\`$\\{globalThis.owned = 1\\}\\`" in readme


def test_names_editions_and_64_bit_strings_work(consumer: Path) -> None:
    succeed(pinned_node(), "--input-type=module", "--eval", PROGRAM, cwd=consumer)


@pytest.mark.slow
@pytest.mark.registries
def test_types_of_odd_names_check(consumer: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (consumer / "consumer.mts").write_text(TYPES)
    tools = npm_tools(tmp_path_factory.getbasetemp())
    check_types(tools, "typescript7", consumer, "--module", "node16", "consumer.mts")


def test_imports_go_to_who_owns_them(edges: Path) -> None:
    files = read_package(tarball(edges, "user"))
    types = files["esm/acme/user/user_pb.d.ts"].decode()
    script = files["cjs/acme/user/user_pb.js"].decode()
    assert 'from "../../google/api/http_pb.js"' in types
    assert 'from "@acme/edge-case/acme/edge_case/v2/edited_pb.js"' in types
    assert 'from "@acme-open/types/google/type/money_pb.js"' in types
    assert 'require("@acme/shared/acme/shared/v1/shared_pb.js")' in script
    assert "cjs/google/api/http_pb.js" in files
    assert not any("google/type" in path for path in files)
    assert json.loads(files["package.json"])["dependencies"] == {
        "@acme-open/types": "^2.1.0",
        "@acme/edge-case": "0.1.0-dev.0",
        "@acme/shared": "0.1.0-dev.0",
        "@bufbuild/protobuf": json.loads(files["package.json"])["dependencies"]["@bufbuild/protobuf"],
    }


def test_a_module_with_protos_in_its_own_folder_exports_them_at_its_root(edges: Path) -> None:
    files = read_package(tarball(edges, "user"))
    assert files["esm/index.js"].decode() == (
        'export * from "./acme/user/user_pb.js";\nexport * as v1 from "./acme/user/v1/index.js";\n'
    )


def test_metadata_says_what_the_configuration_says(edges: Path) -> None:
    metadata = json.loads(read_package(tarball(edges, "user"))["package.json"])
    assert metadata["license"] == "MIT"
    assert metadata["author"] == "Ann <ann@example.test>"
    assert metadata["contributors"] == ["Bob"]
    assert metadata["keywords"] == ["`${shop}`", "grpc", "protobuf", 'quo"te', "stubs"]
    assert metadata["repository"] == {"type": "git", "url": "git+https://git.example.test/acme"}
    assert metadata["homepage"] == "https://example.test"
    assert metadata["bugs"] == {"url": "https://i.test"}
    assert "scripts" not in metadata
