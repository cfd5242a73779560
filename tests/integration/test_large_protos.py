"""Protos of unusual size: built, or refused with a reason, in bounded time; ten times as much was measured by hand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Protoctl, Workspace

PATH = "acme/a/v1/a.proto"
LONG = 60
"""Seconds, on a machine with much else to do; each takes less than 2 alone."""
RESERVED = range(19_000, 20_000)
"""Field numbers that protobuf keeps."""


def fields(count: int) -> str:
    """Give a message with many fields."""
    numbers = [number for number in range(1, count + 1001) if number not in RESERVED][:count]
    return "message M {\n" + "".join(f"  string f{number} = {number};\n" for number in numbers) + "}"


def values(count: int) -> str:
    """Give an enum with many values."""
    return "enum E {\n" + "".join(f"  V{number} = {number};\n" for number in range(count)) + "}"


def rpcs(count: int) -> str:
    """Give a service with many methods."""
    return "message M {}\nservice S {\n" + "".join(f"  rpc R{at}(M) returns (M);\n" for at in range(count)) + "}"


LARGE: Mapping[str, str] = {
    "6,000 fields": fields(6_000),
    "10,000 enum values": values(10_000),
    "500 rpcs": rpcs(500),
    "10 MiB of comments": "// 64 characters of text that nobody will ever read, or be asked to.\n" * 150_000
    + "message M {}",
    "10 MiB in one comment": "// " + "x" * (10 << 20) + "\nmessage M {}",
    "31 levels": "message M {" * 31 + "}" * 31,
}


ODD: Mapping[str, str] = {
    "brackets": f"option (a) = {'{ a: ' * 50_000}",
    "parentheses": "option " + "(" * 200_000,
    "comment without end": "/* " + "x /" * 100_000,
    "string without end": 'option a = "' + "\\" * 200_000,
    "statements": ";" * 100_000 + "}",
    "words": "message " * 50_000,
    "packages": "package package" + ".package" * 50_000,
    "imports": "import public /**/ " * 50_000,
    "quotes": "import '\"" * 50_000,
    "number": f"message M {{ string a = {'9' * 100_000}; }}",
    "name": "message M { string " + "a" * 100_000 + " = 1; }",
    "type": "message M { a" + ".a" * 100_000 + " b = 1; }",
    "many faults": "message M { string a = ; }\n" * 20_000,
    "many unknown types": "message M {" + "".join(f" T{at} f{at} = {at + 1};\n" for at in range(15_000)) + "}",
    "many unknown types, and an import": 'import "acme/a/v1/none.proto"; message M {'
    + "".join(f" T{at} f{at} = {at + 1};\n" for at in range(15_000))
    + "}",
    "control characters": "\x01\x02\x7f" * 50_000,
    "32 levels": "message M {" * 32 + "}" * 32,
}


@pytest.mark.slow
@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_protos_are_refused_soon_and_in_few_words(protoctl: Protoctl, workspace: Workspace, body: str) -> None:
    workspace.proto(PATH, body)
    begin = time.monotonic()
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 3, done.err[:2000]
    assert f"proto/{PATH}:" in done.err
    assert "Traceback" not in done.err
    assert len(done.err) < 1 << 20
    assert time.monotonic() - begin < LONG


@pytest.mark.slow
@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE)
def test_large_protos_are_built(protoctl: Protoctl, workspace: Workspace, body: str) -> None:
    workspace.proto(PATH, body)
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 0, done.err


def test_names_that_no_command_line_could_hold(protoctl: Protoctl, workspace: Workspace) -> None:
    """Linux takes 2 MiB of arguments."""
    folders = "/".join(letter * 195 for letter in "bcdefghi")
    paths = [f"acme/a/{folders}/{'x' * 190}{at}.proto" for at in range(1_300)]
    assert sum(map(len, paths)) > 2 << 20
    for at, path in enumerate(paths):
        workspace.write(f"proto/{path}", f'syntax = "proto3";\npackage acme.a;\nmessage M{at} {{}}\n')
    done = protoctl("check", "--runner", "local", "--json", "--workspace", workspace.root)
    assert done.code == 1, done.err
    assert done.out.count('"package-folder"') == len(paths)
    assert done.out.count('"rule"') == len(paths)


def test_a_long_chain_of_imports(protoctl: Protoctl, workspace: Workspace) -> None:
    count = 150
    for at in range(count):
        before = (f"acme/a/v1/f{at - 1}.proto",) if at else ()
        workspace.proto(
            f"acme/a/v1/f{at}.proto", f"message F{at} {{ {f'F{at - 1} f = 1;' if at else ''} }}", imports=before
        )
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 0, done.err
