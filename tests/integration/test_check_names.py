"""What the rules about names say is what the pinned generators do."""

from __future__ import annotations

import ast
import keyword
from pathlib import PurePosixPath

import pytest
from conftest import REPOSITORY
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from protoctl.checks.elements import elements_of
from protoctl.checks.python_names import MODULE_NAMES, explain_broken
from protoctl.flows.session import Options, Session
from protoctl.model.event import silent
from protoctl.model.invocation import Invocation
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

BODIES = {
    "message": "message NAME { string a = 1; }",
    "enum": "enum NAME { A = 0; }",
    "value": "enum Kind { A = 0; NAME = 1; }",
    "field": "message Thing { string NAME = 1; repeated Thing more = 2; }",
    "oneof": "message Thing { oneof NAME { string a = 1; string b = 2; } }",
    "nested": "message Thing { message NAME {} enum Kind { A = 0; } NAME thing = 1; }",
    "service": "message Thing {} service NAME { rpc Get(Thing) returns (stream Thing); }",
    "extension": 'import "google/protobuf/descriptor.proto";'
    "extend google.protobuf.MessageOptions { string NAME = NUMBER; }",
    "rpc": "message Thing {} service Things { rpc NAME(Thing) returns (Thing); }",
}
WORDS = sorted({*keyword.kwlist, *keyword.softkwlist, "print", "self", "None_", "constructor", "toString", "list"})


def head(place: str, number: int) -> str:
    """Give how a proto begins."""
    return f'syntax = "proto3";\npackage {place}.n{number};\n'


@pytest.fixture(scope="module")
def outputs() -> dict[str, bytes]:
    """Give everything that the Python generators make of every word in every place, and the descriptors."""
    session = Session(discover(REPOSITORY), Options(cache=cache_folder(), runner="local"), silent)
    files = {
        f"proto/{place}/n{number}.proto": head(place, number)
        + body.replace("NAME", word).replace("NUMBER", str(50_000 + number))
        for place, body in BODIES.items()
        for number, word in enumerate(WORDS)
    }
    options = [
        "-Iproto",
        "--python_out=out",
        "--grpc_python_out=out",
        "--mypy_out=quiet:out",
        "--mypy_grpc_out=quiet:out",
    ]
    arguments = [*options, "-oout/set.binpb", *files]
    inputs = {path: text.encode() for path, text in files.items()} | {"arguments": "\n".join(arguments).encode()}
    digest = session.component_digest(PYTHON)
    (outcome,) = session.runner.run([Invocation(PYTHON, digest, ("protoc", "@arguments"), Tree(inputs))])
    assert outcome.returncode == 0, outcome.stderr
    return dict(outcome.outputs.files)


def parses(code: bytes) -> bool:
    """Tell whether Python can read a file, and reads `lambda: int` nowhere as something else than a name."""
    try:
        return not any(isinstance(node, ast.Lambda) for node in ast.walk(ast.parse(code)))
    except SyntaxError:
        return False


def test_what_does_not_parse_is_what_is_refused(outputs: dict[str, bytes]) -> None:
    """Neither a false alarm nor a miss among keywords, in any place."""
    broken = {
        PurePosixPath(path).with_name(PurePosixPath(path).name.split("_pb2")[0] + ".proto").as_posix()
        for path, code in outputs.items()
        if path.endswith((".py", ".pyi")) and not parses(code)
    }
    refused = {
        file.name
        for file in FileDescriptorSet.FromString(outputs["set.binpb"]).file
        if any(explain_broken(element) for element in elements_of(file))
    }
    assert refused == broken
    assert len(broken) == 3 * len(keyword.kwlist)


def test_names_that_the_generated_module_needs(outputs: dict[str, bytes]) -> None:
    """Each name that may not be at the top is one that `_pb2.py` itself reads there."""
    code = next(data for path, data in outputs.items() if path.endswith("_pb2.py"))
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    assert names >= MODULE_NAMES
