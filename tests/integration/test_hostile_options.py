"""Options are data: no text of one becomes code, and no tool takes another's option for its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from conftest import make_environment, succeed
from node_programs import read_package

from protoctl.kit.archive import read_zip

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Workspace

ATTACK = "os.system\\n\\r\\\"\\'\\\\ */ `${evil}` \\u2028 evil() //"
TEXTS = "".join(
    f'option {name} = "{ATTACK}";\n'
    for name in (
        *("ruby_package", "java_outer_classname", "java_package", "go_package", "csharp_namespace", "php_namespace"),
        *("objc_class_prefix", "swift_prefix", "php_class_prefix", "php_metadata_namespace"),
    )
)
PROTO = f"""
syntax = "proto2";
package acme.a.v1;
import "google/protobuf/descriptor.proto";
{TEXTS}
option (text) = "{ATTACK}";
extend google.protobuf.FileOptions {{ optional string text = 50000; }}
extend google.protobuf.FieldOptions {{
  optional string cast = 60000;
  optional string key = 60001;
  optional string value = 60002;
  optional Cast casts = 1151;
}}
message Cast {{ optional string casttype = 1; optional string keytype = 2; optional string valuetype = 3; }}
message A {{
  optional string evil = 1 [(cast) = "os.system", default = "{ATTACK}", json_name = "{ATTACK}"];
  optional string worse = 2 [(cast) = "no type at all"];
  optional int64 worst = 3 [(casts) = {{ casttype: "os.system" }}];
  map<string, string> things = 4 [(key) = "os.system", (value) = "os/path.join"];
  optional bytes data = 5 [default = "{ATTACK}"];
}}
enum E {{ NO = 0 [(note) = "{ATTACK}"]; }}
extend google.protobuf.EnumValueOptions {{ optional string note = 50000; }}
service S {{ rpc Get(A) returns (A) {{ option (path) = "{ATTACK}"; }} }}
extend google.protobuf.MethodOptions {{ optional string path = 50000; }}
"""


@pytest.mark.registries
def test_texts_of_options_stay_data(protoctl: Protoctl, workspace: Workspace, tmp_path: Path) -> None:
    workspace.write("proto/acme/a/v1/a.proto", PROTO.replace("\\u2028", "\u2028"))
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 0, done.err
    wheel = next((workspace.root / "dist/python").glob("*.whl"))
    stub = read_zip(wheel.read_bytes(), limit=1 << 28)["acme/a/v1/a_pb2.pyi"].decode()
    imported = {one.name for node in ast.walk(ast.parse(stub)) if isinstance(node, ast.Import) for one in node.names}
    assert imported == {"builtins", "sys", "typing"}
    assert "system" not in stub
    python = make_environment(tmp_path / "venv", [wheel])
    default = succeed(python, "-c", "from acme.a.v1.a_pb2 import A; print(ascii(A().evil))", cwd=tmp_path)
    assert default.strip() == ascii("os.system\n\r\"'\\ */ `${evil}` \u2028 evil() //")
    tarball = next((workspace.root / "dist/node").glob("*.tgz"))
    scripts = [data.decode() for path, data in read_package(tarball).items() if path.endswith("_pb.js")]
    assert scripts
    assert not any("evil()" in text for text in scripts)
