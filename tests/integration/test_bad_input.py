"""Bad protos and bad configuration: exit code, every fault with its place, no traceback, the old dist whole."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Protoctl, Workspace

GOOD = "message Thing {\n  string id = 1;\n}"
HEAD = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n'
OWNERS = '[dependencies]\n"google/api/**" = { python = "googleapis-common-protos" }\n'


@dataclass(frozen=True)
class Case:
    """One way to go wrong."""

    name: str
    """Of the test."""
    code: int
    """Exit code of `build`."""
    said: tuple[str, ...]
    """What standard error has to hold."""
    spoil: Callable[[Workspace], object]
    """Makes the fault in a workspace that builds."""


def link(workspace: Workspace, path: str, target: Path | str) -> None:
    """Put a symbolic link into the proto root."""
    (workspace.root / "proto" / path).symlink_to(target)


def replace_root(workspace: Workspace, make: Callable[[Path], object]) -> None:
    """Put something else in the place of the proto root."""
    shutil.rmtree(workspace.root / "proto")
    make(workspace.root / "proto")


def nested(workspace: Workspace, levels: int) -> None:
    """Write messages within messages."""
    workspace.proto("acme/a/v1/deep.proto", "message M {" * levels + "}" * levels)


def cycle(workspace: Workspace, length: int) -> None:
    """Write files that import each other in a circle."""
    for at in range(length):
        workspace.proto(
            f"acme/a/v1/c{at}.proto", f"message C{at} {{}}", imports=(f"acme/a/v1/c{(at + 1) % length}.proto",)
        )


A = "proto/acme/a/v1/a.proto"
PROTOS = [
    Case(
        "does not parse, in two files",
        3,
        ("2 problems", f"{A}:3:9: Expected message name", "proto/acme/a/v1/b.proto:4:17: Expected field number"),
        lambda w: (
            w.proto("acme/a/v1/a.proto", "message {"),
            w.proto("acme/a/v1/b.proto", "message B {\n  string name = ;\n}"),
        ),
    ),
    Case("not UTF-8", 3, (f"{A}:1:4: byte 0xe9 is not UTF-8",), lambda w: w.write(A, b"// \xe9\n")),
    Case("UTF-16", 3, (f"{A}:1:1: byte 0xff is not UTF-8; is it UTF-16?",), lambda w: w.write(A, "x".encode("utf-16"))),
    Case("NUL", 3, (f"{A}:2:1: holds a NUL character",), lambda w: w.write(A, b"\n\0")),
    Case(
        "import of itself",
        3,
        (f"{A}:3:1: files import each other",),
        lambda w: w.proto("acme/a/v1/a.proto", imports=("acme/a/v1/a.proto",)),
    ),
    Case(
        "circle of 50 files",
        3,
        ("1 problem in the protos", "c0.proto:3:1: files import each other: acme/a/v1/c0.proto → "),
        lambda w: cycle(w, 50),
    ),
    Case(
        "missing import",
        3,
        (f'{A}:3:1: import "acme/a/v1/lost.proto" is not in the workspace',),
        lambda w: w.proto("acme/a/v1/a.proto", imports=("acme/a/v1/lost.proto",)),
    ),
    Case(
        "import outside of the root",
        3,
        (f'{A}:3:1: import "../x.proto" is not in',),
        lambda w: w.proto("acme/a/v1/a.proto", imports=("../x.proto",)),
    ),
    Case(
        "same symbol twice",
        3,
        ("b.proto:3:9: acme.a.v1.Thing is already defined in acme/a/v1/a.proto",),
        lambda w: w.proto("acme/a/v1/b.proto", GOOD),
    ),
    Case("32 levels", 3, ("proto/acme/a/v1/deep.proto:3:",), lambda w: nested(w, 33)),
    Case(
        "long name",
        3,
        ("proto/acme/a/v1/long.proto:", "too long"),
        lambda w: w.proto("acme/a/v1/long.proto", f"message {'M' * 100_000} {{}}"),
    ),
    Case("unknown edition", 3, (f'{A}:1:11: Unknown edition "2999"',), lambda w: w.write(A, 'edition = "2999";\n')),
    Case(
        "link out of the tree",
        3,
        ("proto/acme/a/v1/x.proto:1:1: is a symbolic link",),
        lambda w: link(w, "acme/a/v1/x.proto", "/etc/passwd"),
    ),
    Case(
        "link in a loop",
        3,
        ("proto/acme/a/v1/x.proto:1:1: is a symbolic link",),
        lambda w: link(w, "acme/a/v1/x.proto", "x.proto"),
    ),
    Case(
        "link of a folder to the root",
        3,
        ("proto/acme/a/up:1:1: is a symbolic link",),
        lambda w: link(w, "acme/a/up", w.root / "proto"),
    ),
    Case(
        "pipe",
        3,
        ("proto/acme/a/v1/x.proto:1:1: is no regular file",),
        lambda w: os.mkfifo(w.root / "proto/acme/a/v1/x.proto"),
    ),
    Case("name that is a statement", 3, ("'import os;#'",), lambda w: w.write("proto/acme/a/v1/import os;#.proto", "")),
    Case(
        "name that is an option",
        3,
        ("no segment may start with a digit or -: '-I'",),
        lambda w: w.write("proto/acme/a/v1/-I.proto", ""),
    ),
    Case(
        "one Python module twice",
        3,
        ("a_b.proto:1:1: becomes the Python module acme.a.v1.a_b_pb2, and so does",),
        lambda w: (w.proto("acme/a/v1/a-b.proto"), w.proto("acme/a/v1/a_b.proto")),
    ),
    Case(
        "names equal but for case",
        3,
        ("b.proto:1:1: differs from acme/a/v1/B.proto only by case",),
        lambda w: (w.proto("acme/a/v1/b.proto"), w.proto("acme/a/v1/B.proto")),
    ),
    Case("stray", 3, ("proto/x.proto:1:1: lies in the proto root",), lambda w: w.write("proto/x.proto", "")),
    Case(
        "rpc named by a keyword",
        3,
        (f"{A}:4:21: rpc import is a Python keyword",),
        lambda w: w.proto("acme/a/v1/a.proto", "message M {}\nservice Things {rpc import(M) returns (M);}"),
    ),
]
WORKSPACES = [
    Case(
        "root missing",
        2,
        ("the proto root", "does not exist", "hint: set workspace.proto"),
        lambda w: shutil.rmtree(w.root / "proto"),
    ),
    Case("root empty", 2, ("holds no .proto files",), lambda w: replace_root(w, lambda path: path.mkdir())),
    Case(
        "root is a file",
        2,
        ("cannot read the proto root", "Not a directory"),
        lambda w: replace_root(w, lambda path: path.write_text("")),
    ),
    Case(
        "root is a link out",
        2,
        ("protoctl.toml:1: workspace.proto is a link that leads out",),
        lambda w: replace_root(w, lambda path: path.symlink_to("/usr")),
    ),
    Case(
        "typo",
        2,
        ("protoctl.toml:4: unknown key workspace.exlude", "hint: did you mean exclude?"),
        lambda w: w.write("protoctl.toml", HEAD + "exlude = []\n"),
    ),
    Case(
        "wrong type",
        2,
        ("protoctl.toml:4: workspace.proto: expected `str`, got `int`",),
        lambda w: w.write("protoctl.toml", HEAD + "proto = 3\n"),
    ),
    Case(
        "duplicate key",
        2,
        ("protoctl.toml:4: cannot overwrite a value",),
        lambda w: w.write("protoctl.toml", HEAD + 'name = "b"\n'),
    ),
    Case(
        "glob without match",
        2,
        ("protoctl.toml:3: workspace.modules: no folder with protos matches 'akme/*'",),
        lambda w: w.write("protoctl.toml", HEAD.replace("acme/*", "akme/*")),
    ),
    Case("empty configuration", 2, ("protoctl.toml:1: workspace is missing",), lambda w: w.write("protoctl.toml", "")),
    Case(
        "huge configuration",
        2,
        ("protoctl.toml: larger than 1 MiB",),
        lambda w: w.write("protoctl.toml", HEAD + "#" * (2 << 20)),
    ),
    Case(
        "two modules of one name",
        2,
        ("two folders would be the module v1: acme/a/v1 and acme/b/v1",),
        lambda w: (
            w.proto("acme/b/v1/b.proto"),
            w.write("protoctl.toml", HEAD.replace("acme/*", "acme/a/*").replace('"]', '", "acme/b/*"]')),
        ),
    ),
    Case(
        "licence is no expression",
        2,
        (
            "protoctl.toml: a package cannot have the metadata",
            "Invalid license expression: 'Our own'",
            "hint: `license`",
        ),
        lambda w: w.write("protoctl.toml", HEAD + '[metadata]\nlicense = "Our own"\n' + OWNERS),
    ),
    Case(
        "prefix is a keyword",
        2,
        ("protoctl.toml:5: python.prefix: import is a Python keyword",),
        lambda w: w.write("protoctl.toml", HEAD + '[python]\nprefix = "import"\n'),
    ),
    Case(
        "no configuration",
        2,
        ("has no protoctl.toml", "hint: run `protoctl init`"),
        lambda w: (w.root / "protoctl.toml").unlink(),
    ),
]


def snapshot(folder: Path) -> dict[str, bytes]:
    """Give path to content of every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", PROTOS + WORKSPACES, ids=lambda case: case.name)
def test_a_fault_is_named_and_changes_nothing(protoctl: Protoctl, workspace: Workspace, case: Case) -> None:
    workspace.proto("acme/a/v1/a.proto", GOOD)
    workspace.write("dist/manifest.json", '{"format": 1, "artifacts": []}')
    workspace.write("dist/python/old.whl", "old")
    before = snapshot(workspace.root / "dist")
    case.spoil(workspace)
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    assert done.code == case.code, done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.err.count("error: ") == 1
    for said in case.said:
        assert said in done.err
    assert snapshot(workspace.root / "dist") == before
    assert sorted(path.name for path in workspace.root.iterdir() if path.name.startswith(".dist")) == []


@pytest.mark.parametrize("how", ["bom", "crlf", "cr"])
def test_other_line_endings_give_the_same_packages(protoctl: Protoctl, workspace: Workspace, how: str) -> None:
    text = 'syntax = "proto3";\npackage acme.a.v1;\n\n// Two\n// lines.\nmessage Thing {\n  string id = 1; // end\n}\n'
    written = {"bom": "\ufeff" + text, "crlf": text.replace("\n", "\r\n"), "cr": text.replace("\n", "\r")}
    made: list[dict[str, bytes]] = []
    for form in (text, written[how]):
        workspace.write(A, form.encode())
        done = protoctl(
            "build", "--runner", "local", "--workspace", workspace.root, "--out", workspace.root / str(len(made))
        )
        assert done.code == 0, done.err
        made.append(snapshot(workspace.root / str(len(made))))
    assert made[0] == made[1]
    assert any(path.endswith(".whl") for path in made[0])


def test_files_without_declarations_are_built(protoctl: Protoctl, workspace: Workspace) -> None:
    """Empty, only comments, no syntax line, no package: findings, and yet packages."""
    workspace.proto("acme/a/v1/a.proto", GOOD)
    workspace.write("proto/acme/a/v1/empty.proto", "")
    workspace.write("proto/acme/a/v1/comment.proto", "// Nothing.\n")
    workspace.write("proto/acme/a/v1/old.proto", "package acme.a.v1;\nmessage Old {\n  optional string id = 1;\n}\n")
    workspace.write("proto/acme/a/v1/lone.proto", 'syntax = "proto3";\nmessage Lone {}\n')
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 0, done.err
    assert "4 warnings in the protos" in done.err


def test_a_pattern_that_excludes_nothing_is_told(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/a/v1/a.proto", GOOD)
    workspace.configure(HEAD + 'exclude = ["acme/*/v1/internal/**", "tmp/**"]\n')
    workspace.write("proto/tmp/x.proto", "")
    done = protoctl("build", "--runner", "local", "--target", "python", "--workspace", workspace.root)
    assert done.code == 0, done.err
    assert "warning: workspace.exclude: nothing matches 'acme/*/v1/internal/**'" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_root_without_permission(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/a/v1/a.proto", GOOD)
    (workspace.root / "proto").chmod(0)
    done = protoctl("build", "--runner", "local", "--workspace", workspace.root)
    (workspace.root / "proto").chmod(0o755)
    assert done.code == 2
    assert "cannot read the proto root" in done.err
    assert "Permission denied" in done.err
