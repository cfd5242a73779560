"""Tools that misbehave: what they write is data until it was checked, and nothing of it reaches `dist/`.

The tools are scripts in the folder of an installed toolchain; protoctl itself is not touched.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Workspace

from protoctl.kit.archive import read_zip
from protoctl.model.toolchain import NODE, PYTHON
from protoctl.model.tree import Tree
from protoctl.toolchain import clients
from protoctl.toolchain.install import TOOLCHAINS, Installer, cache_folder
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from conftest import Protoctl

PLUGIN = f"""#!{sys.executable}
import os, signal, sys
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
response = CodeGeneratorResponse(supported_features=3, minimum_edition=998, maximum_edition=1001)
File = CodeGeneratorResponse.File
stem = request.file_to_generate[0].removesuffix(".proto")
STATEMENT
sys.stdout.buffer.write(response.SerializeToString())
"""
PROTOC = """
import os, pathlib, subprocess, sys
real = {**os.environ, "PYTHONPATH": REAL}
code = subprocess.run([sys.executable, "-S", "-m", "grpc_tools.protoc", *sys.argv[1:]], env=real).returncode
out = pathlib.Path("out")
if (out / "acme/a/v1/a_pb2.py").is_file():
    STATEMENT
sys.exit(code)
"""


@dataclass(frozen=True)
class Case:
    """One way in which a tool goes wrong."""

    name: str
    """Of the test."""
    statement: str
    """What the tool does."""
    said: tuple[str, ...]
    """What standard error has to hold."""
    code: int = 4
    """The exit code."""


PLUGINS = [
    Case("exit 1", 'print("no way", file=sys.stderr); sys.exit(1)', ("protoc-gen-es failed with 1", "no way")),
    Case("signal", "os.kill(os.getpid(), signal.SIGKILL)", ("protoc-gen-es failed with -9",)),
    Case("garbage", 'sys.stdout.write("hello"); sys.exit()', ("protoc-gen-es gave an answer that cannot be read",)),
    Case("half an answer", 'os.write(1, b"\\x7a\\xff\\x01"); sys.exit()', ("gave an answer that cannot be read",)),
    Case("error", 'response.error = "cannot do this"', ("protoc-gen-es failed", "cannot do this")),
    Case("nothing", "pass", ("protoc-gen-es did not write every file for", "acme/a/v1/a.proto")),
    Case("one file of two", 'response.file.add(name=stem + "_pb.js")', ("protoc-gen-es did not write every file for",)),
    *(
        Case(
            f"name {name!r}"[:40],
            f"response.file.add(name={name!r})",
            ("protoc-gen-es wrote files that belong to no proto", ascii(name)[:100]),
        )
        for name in (
            "../escape.js",
            "/tmp/escape.js",  # noqa: S108  which protoc takes
            "n" * 300,
        )
    ),
    Case(
        "same name twice",
        'response.file.extend([File(name=stem + "_pb.js"), File(name=stem + "_pb.js")])',
        ("protoc-gen-es wrote a file twice",),
    ),
    Case(
        "insertion",
        'response.file.add(name=stem + "_pb.js", insertion_point="imports", content="evil()")',
        ("protoc-gen-es wants to insert",),
    ),
    Case(
        "other code",
        "response.file.extend([File(name=stem + suffix, content='evil();\\n') for suffix in ('_pb.js', '_pb.d.ts')])",
        ("acme/a/v1/a_pb.d.ts:1: protoc-gen-es wrote what protoctl does not know", "evil();"),
        6,
    ),
    Case(
        "very much",
        "for _ in range(5 << 10): sys.stdout.buffer.write(bytes(1 << 20))",
        ("protoc-gen-es failed with 1", "File too large"),
    ),
]
PROTOCS = [
    Case(
        "statement in the code",
        'path = out / "acme/a/v1/a_pb2.py"; path.write_text(path.read_text() + "import os\\n")',
        ("1 place in the generated Python", "  acme/a/v1/a_pb2.py:", ": 'import os' (from acme/a/v1/a.proto)"),
        6,
    ),
    Case(
        "code that is no Python",
        '(out / "acme/a/v1/a_pb2.py").write_text("# Protobuf Python Version: 6.31.1\\n)")',
        ("acme/a/v1/a_pb2.py:2: SyntaxError: unmatched ')'",),
        6,
    ),
    Case(
        "another file",
        '(out / "sitecustomize.py").write_text("import os")',
        ("wrote files that belong to no proto", "'sitecustomize.py'"),
    ),
    Case(
        "a file too few", '(out / "acme/a/v1/a_pb2.py").unlink()', ("did not write every file for", "acme/a/v1/a.proto")
    ),
    Case(
        "a link",
        'path = out / "acme/a/v1/a_pb2.py"; path.unlink(); path.symlink_to("/etc/passwd")',
        ("the toolchain gave an answer that cannot be read", "is no regular file"),
    ),
    Case(
        "a pipe",
        'path = out / "acme/a/v1/a_pb2.py"; path.unlink(); os.mkfifo(path)',
        ("the toolchain gave an answer that cannot be read", "is no regular file"),
    ),
    Case(
        "very much in many files",
        'for name in "bcd": (out / name).touch(); os.truncate(out / name, 400 << 20)',
        ("--grpc_python_out failed with 125", "it wrote more than 1024 MiB"),
    ),
    Case("failure", 'print("oh", file=sys.stderr); sys.exit(7)', ("--grpc_python_out failed with 7", "  oh")),
]


def script(path: Path, text: str) -> None:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def spoiled_cache(folder: Path, component: str) -> tuple[Path, Path, Path]:
    """Give a cache folder whose toolchain lacks a component, that component's folder in it, and the real one."""
    lock = read_lock(REPOSITORY)
    assert lock
    real = Installer(REPOSITORY, lock, cache_folder(), lambda _: None, offline=False)
    toolchains = folder / TOOLCHAINS
    toolchains.mkdir(parents=True)
    for name in ("python", "protos", "node"):
        installed = real.install(name)
        if name != component:
            (toolchains / installed.name).symlink_to(installed)
    target = real.install(component)
    (toolchains / target.name).mkdir()
    return folder, toolchains / target.name, target


def spoil_node(folder: Path, statement: str) -> Path:
    """Give a cache folder whose Node is a script that answers as protoc-gen-es."""
    cache, node, _ = spoiled_cache(folder, NODE)
    script(node / clients.NODE, PLUGIN.replace("STATEMENT", statement))
    return cache


def spoil_protoc(folder: Path, statement: str) -> Path:
    """Give a cache folder whose protoc does something more."""
    cache, python, real = spoiled_cache(folder, PYTHON)
    (python / "site").mkdir()
    for entry in (real / "site").iterdir():
        if entry.name != "grpc_tools":
            (python / "site" / entry.name).symlink_to(entry)
    script(
        python / "site/grpc_tools/protoc.py",
        PROTOC.replace("REAL", repr(str(real / "site"))).replace("STATEMENT", statement),
    )
    return cache


def refused(protoctl: Protoctl, root: Workspace, cache: Path, target: str, case: Case) -> None:
    """Build, and see the fault told and nothing written."""
    root.proto("acme/a/v1/a.proto", "message A {}")
    root.write("dist/manifest.json", '{"format": 1, "artifacts": []}')
    (root.root / ".protoctl/builds").mkdir(parents=True)
    before = sorted(root.root.rglob("*"))
    done = protoctl(
        "build", "--runner", "local", "--target", target, "--workspace", root.root, PROTOCTL_CACHE_DIR=str(cache)
    )
    assert done.code == case.code, done.err
    assert "\nTraceback" not in done.err, "only a tool's own, which is indented"
    for said in case.said:
        assert said in done.err
    assert sorted(root.root.rglob("*")) == before
    assert not Path("/tmp/escape.js").exists()  # noqa: S108  where the plugin is told to write
    assert not list(root.root.parent.rglob("escape.js"))


@pytest.mark.parametrize("case", PLUGINS, ids=lambda case: case.name)
def test_an_answer_of_a_plugin_is_checked(protoctl: Protoctl, workspace: Workspace, tmp_path: Path, case: Case) -> None:
    refused(protoctl, workspace, spoil_node(tmp_path / "cache", case.statement), "node", case)


@pytest.mark.parametrize("case", PROTOCS, ids=lambda case: case.name)
def test_files_of_protoc_are_checked(protoctl: Protoctl, workspace: Workspace, tmp_path: Path, case: Case) -> None:
    refused(protoctl, workspace, spoil_protoc(tmp_path / "cache", case.statement), "python", case)


def test_the_spoiled_tools_do_their_work_when_nothing_is_spoiled(
    protoctl: Protoctl, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.proto("acme/a/v1/a.proto", "message A {}")
    cache = spoil_protoc(tmp_path / "cache", "pass")
    arguments = ("build", "--runner", "local", "--target", "python", "--workspace", workspace.root)
    assert protoctl(*arguments, PROTOCTL_CACHE_DIR=str(cache)).code == 0
    assert list((workspace.root / "dist/python").iterdir())


def test_what_is_saved_during_a_build_is_not_in_it(protoctl: Protoctl, workspace: Workspace, tmp_path: Path) -> None:
    path = workspace.proto("acme/a/v1/a.proto", "message A {}")
    before = path.read_bytes()
    cache = spoil_protoc(tmp_path / "cache", f'pathlib.Path({str(path)!r}).write_text("saved meanwhile")')
    arguments = ("build", "--runner", "local", "--target", "python", "--workspace", workspace.root)
    done = protoctl(*arguments, PROTOCTL_CACHE_DIR=str(cache))
    assert done.code == 0, done.err
    assert path.read_text() == "saved meanwhile"
    (wheel,) = (workspace.root / "dist/python").glob("*.whl")
    files = read_zip(wheel.read_bytes(), limit=1 << 28)
    assert files["acme/a/v1/a.proto"] == before
    record = json.loads(next(data for name, data in files.items() if name.endswith("/protoctl/build.json")))
    assert record["sources"] == Tree({"acme/a/v1/a.proto": before}).digest
    assert protoctl(*arguments, PROTOCTL_CACHE_DIR=str(cache)).code == 3, "the next build sees what was saved"
