"""Comments that try to become code, metadata or markup, wherever a comment can stand, in both languages."""

from __future__ import annotations

import ast
import json
import tomllib
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from conftest import Workspace, make_environment, succeed
from node_programs import import_everything, lay_out, read_package

from protoctl.kit.archive import read_gzip, read_tar, read_zip

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl

MARKER = "PWNED"
PYTHON = f'__import__("pathlib").Path("{MARKER}").touch()'
SCRIPT = f'globalThis.owned = 1; process.getBuiltinModule("fs").writeFileSync("{MARKER}", "")'
PAYLOADS = {
    "docstring": f'""" + {PYTHON} + """',
    "docstring_single": f"''' + {PYTHON} + '''",
    "docstring_backslash": f'\\""" + {PYTHON} + """\\',
    "docstring_quotes": f'"" """" + {PYTHON} + """""" "',
    "docstring_line": f'"""\n{PYTHON}\n"""',
    "statement": f"\n{PYTHON}\n    {PYTHON}\n",
    "format": "{0} {__class__} {self.__init__.__globals__} %s %(x)s",
    "escapes": "\\N{BULLET} \\x41 \\u0041 \\d \\",
    "form_feed": f"\x0c{PYTHON}\x0b{PYTHON}\x1c{PYTHON}\x85{PYTHON}",
    "separators": f"\u2028{SCRIPT}\u2029{SCRIPT}",
    "script_end": f"*/ {SCRIPT} /*",
    "template_text": "`${globalThis.owned = 1}` {{ 7 * 7 }} {% raw %} {% endraw %} {# x #}",
    "directive": '/ <reference path="./nowhere.d.ts" />\n# sourceMappingURL=x.map\n@ts-nocheck',
    "coding": "-*- coding: utf-7 -*-\n# coding: latin-1",
    "header": "x\nRequires-Dist: evil\n\nRequires-Dist: evil",
    "table": '"]\n[build-system]\nrequires = ["evil"]\n[project.scripts]\nx = "evil:main"',
    "object": '", "scripts": { "postinstall": "evil" }, "x": "',
    "markup": "~~~\n<script>evil()</script> &lt;script&gt; ![x](y) # heading\n---\n| a |",
    "bidi": "\u202e evil \u2066 evil \ufeff",
}
TEMPLATE = """
syntax = "proto3";
package acme.NAME.v1;
import "google/protobuf/descriptor.proto";
option deprecated = true;
extend google.protobuf.MethodOptions { string note = NUMBER; }
message Thing {
option deprecated = true;
reserved 100 to 200;
reserved "old";
string text = 1 [deprecated = true];
repeated string texts = 2;
map<string, Thing> things = 3;
optional Kind kind = 4;
oneof choice {
string left = 5;
Thing right = 6;
}
message Inner {
string text = 1;
}
}
enum Kind {
option allow_alias = true;
option deprecated = true;
KIND_UNSPECIFIED = 0;
KIND_OLD = 1 [deprecated = true];
KIND_SAME = 1;
}
service Old {
option deprecated = true;
rpc Get(Thing) returns (Thing) {
option deprecated = true;
option (note) = "x";
}
rpc Watch(stream Thing) returns (stream Thing);
}
service New {
rpc Get(Thing) returns (Thing);
}
"""
IMPORT_ALL = """
import sys, warnings, importlib, pathlib
warnings.simplefilter("error")
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def proto(name: str, payload: str) -> str:
    """Give a proto with the payload in a detached, a leading and a trailing comment of every line."""
    block = f"/* {payload.replace('*/', '*').replace('/*', '*')} */"
    lines = "".join(f"// {line}\n" for line in payload.split("\n"))
    body = [
        f"{block}\n\n{lines}\n{lines}{line} {block}\n"
        for line in TEMPLATE.replace("NAME", name)
        .replace("NUMBER", str(50000 + [*PAYLOADS].index(name)))
        .strip()
        .splitlines()
    ]
    return "".join(body) + block


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory, protoctl: Protoctl) -> Path:
    """Give `dist/` of a workspace with a module for each payload."""
    workspace = Workspace(tmp_path_factory.mktemp("comments") / "workspace")
    for name, payload in PAYLOADS.items():
        workspace.write(f"proto/acme/{name}/v1/{name}.proto", proto(name, payload))
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 0, done.err
    return workspace.root / "dist"


def wheels(dist: Path) -> list[Path]:
    """Give every wheel."""
    found = sorted(dist.glob("python/*.whl"))
    assert len(found) == len(PAYLOADS)
    return found


@pytest.mark.registries
def test_imported_python_does_nothing_else(dist: Path, tmp_path: Path) -> None:
    python = make_environment(tmp_path / "venv", wheels(dist))
    names = [f"acme.{name}.v1.{name}_{suffix}" for name in PAYLOADS for suffix in ("pb2", "pb2_grpc")]
    succeed(python, "-W", "error", "-c", IMPORT_ALL, *names, cwd=tmp_path)
    assert not list(tmp_path.glob(MARKER))


def test_python_and_its_types_hold_comments_in_strings_only(dist: Path) -> None:
    for wheel in wheels(dist):
        for path, data in read_zip(wheel.read_bytes(), limit=1 << 28).items():
            if path.endswith((".py", ".pyi")):
                tree = ast.parse(data)
                called = {
                    one.func.id
                    for one in ast.walk(tree)
                    if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
                }
                assert called <= {
                    "globals",
                    "first_version_is_lower",
                    "RuntimeError",
                    "NotImplementedError",
                    "_deprecated",
                }, path


def test_imported_scripts_do_nothing_else(dist: Path, tmp_path: Path) -> None:
    tarballs = sorted(dist.glob("node/*.tgz"))
    assert len(tarballs) == len(PAYLOADS)
    consumer = lay_out(tmp_path / "consumer", tarballs)
    assert import_everything(consumer, tarballs) >= 2 * len(PAYLOADS)
    assert not list(tmp_path.rglob(MARKER))


def test_metadata_holds_no_entry_of_a_comment(dist: Path) -> None:
    for wheel in wheels(dist):
        files = read_zip(wheel.read_bytes(), limit=1 << 28)
        metadata = message_from_bytes(next(data for path, data in files.items() if path.endswith("/METADATA")))
        names = {line.split("<")[0].split(">")[0] for line in metadata.get_all("Requires-Dist", [])}
        assert names == {"grpcio", "protobuf", "types-grpcio", "types-protobuf"}, wheel.name
        assert "\n" not in metadata["Summary"]
        assert not any(path.endswith("entry_points.txt") for path in files)
    for sdist in dist.glob("python/*.tar.gz"):
        files = read_tar(read_gzip(sdist.read_bytes(), limit=1 << 28))
        assert not any(path.endswith("setup.py") for path in files)
        table = tomllib.loads(next(data for path, data in files.items() if path.endswith("pyproject.toml")).decode())
        assert sorted(table) == ["build-system", "project", "tool"]
        assert not {"scripts", "entry-points", "dynamic"} & set(table["project"])
        assert [line.split("=")[0] for line in table["build-system"]["requires"]] == ["hatchling"]
    for tarball in dist.glob("node/*.tgz"):
        package = json.loads(read_package(tarball)["package.json"])
        assert not {"scripts", "bin", "gypfile", "install"} & set(package)
        assert sorted(package["dependencies"]) == ["@bufbuild/protobuf", "@grpc/grpc-js"]


def test_readmes_send_nobody_to_an_index_of_everybody(dist: Path) -> None:
    """A private name that is also asked for elsewhere can be registered there by anybody."""
    for wheel in wheels(dist):
        files = read_zip(wheel.read_bytes(), limit=1 << 28)
        readme = next(data.decode() for path, data in files.items() if path.endswith("/METADATA"))
        fences = readme.split("```")[1::2]
        assert any("pip install acme-" in fence for fence in fences)
        assert not any("extra-index-url" in fence for fence in fences)
        assert "with `--index-url`" in readme
    for tarball in dist.glob("node/*.tgz"):
        assert "npm config set @acme:registry URL" in read_package(tarball)["README.md"].decode()


def test_readmes_show_the_comment_as_text(dist: Path) -> None:
    for path in dist.glob("node/*.tgz"):
        readme = read_package(path)["README.md"].decode()
        assert readme.split("\n")[0].startswith("# @acme/")
        assert "<script>" not in readme.replace("\\<", "")
        assert "49" not in readme.split("\n")[2]
        assert readme.split("\n")[2].isprintable()
        assert readme.split("\n")[2][:1] not in {"~", "-", "#", "|", "<", "&"}
