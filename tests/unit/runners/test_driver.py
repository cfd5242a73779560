"""The driver as a process, as both runners start it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from protoctl.errors import ToolError
from protoctl.kit.archive import pack_tar
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.runners.exchange import read_response
from protoctl.runners.local import DRIVER

if TYPE_CHECKING:
    from pathlib import Path


def request(*argvs: list[str]) -> bytes:
    """Give a request for some runs without inputs."""
    return pack_tar({"request.json": json.dumps([{"argv": argv, "component": "python"} for argv in argvs]).encode()})


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the driver as runners do."""
    argv = [sys.executable, "-I", "-S", DRIVER, *arguments]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_it_answers_while_its_input_is_open() -> None:
    """An engine's connection has no half that could be closed; the tar's own end is enough."""
    with start("{}") as driver:
        assert driver.stdin
        assert driver.stdout
        driver.stdin.write(request(["nothing"], ["nothing"]))
        driver.stdin.flush()
        answer = driver.stdout.read()
        assert driver.wait() == 0
    with tarfile.open(fileobj=io.BytesIO(answer)) as archive:
        assert archive.getnames()[-1] == "response.json"
        member = archive.extractfile("response.json")
        assert member
        results = json.load(member)
    assert results == [{"returncode": 127, "stderr": "the toolchain has no tool 'nothing'"}] * 2


def test_a_plugin_reads_the_request_and_its_output_is_the_response(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, statement in {"good": "cat", "bad": "cat; echo no >&2; exit 3"}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{statement}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    requests = json.dumps([{"argv": [name]} for name in ("good", "bad")]).encode()
    inputs = {f"{number}/request.binpb": b"\x00\xff" for number in range(2)}
    with start(tmp_path) as driver:
        answer, _ = driver.communicate(pack_tar({"request.json": requests, **inputs}))
    invocations = [Invocation("python", "any", (name,), Tree({})) for name in ("good", "bad")]
    good, bad = read_response(answer, invocations)
    assert (good.returncode, good.outputs.files) == (0, {"response.binpb": b"\x00\xff"})
    assert (bad.returncode, bad.stderr, bad.outputs.files) == (3, "no\n", {})


@pytest.mark.parametrize("cut", [0, 100, 520])
def test_a_cut_request_is_no_success(cut: int) -> None:
    """When protoctl is killed, the stream may end early."""
    with start("{}") as driver:
        output, _ = driver.communicate(request(["nothing"])[:cut])
        assert driver.returncode == 1
        assert output == b""


def test_an_image_gets_its_launchers_when_it_is_built(tmp_path: Path) -> None:
    """Everybody may run them, since containers have a user of their own."""
    for component in ("python", "node"):
        (tmp_path / component / "site").mkdir(parents=True)
    with start(tmp_path, "bin") as driver:
        driver.communicate()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "bin").iterdir()}
    names = ("protoc-gen-es", "protoc-gen-mypy", "protoc-gen-mypy_all", "protoc-gen-mypy_grpc")
    assert modes == {"memory.cjs": 0o644, **dict.fromkeys(names, 0o755)}


def test_the_end_of_an_answer_is_not_lost_unseen() -> None:
    """An engine under load may cut what a container said; cut between two files, a tar looks whole."""
    files = {"0/a.py": b"a", "0/b.py": b"b"}
    complete = pack_tar({**files, "response.json": b'[{"returncode": 0, "stderr": ""}]'})
    invocation = Invocation("python", "any", ("protoc",), Tree({}))
    assert set(read_response(complete, [invocation])[0].outputs.files) == {"a.py", "b.py"}
    with pytest.raises(ToolError, match="cannot be read"):
        read_response(complete[: complete.index(b"response.json")], [invocation])


def test_a_tool_sees_the_packages_of_its_own_component_only(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/show").write_text('#!/bin/sh\nprintf %s "$PYTHONPATH"\n')
    (tmp_path / "bin/show").chmod(0o755)
    components = ("python", "python-5.26", "node")
    for name in components:
        (tmp_path / name / "site").mkdir(parents=True)
    requests = json.dumps([{"argv": ["show"], "component": name} for name in components]).encode()
    inputs = {f"{number}/request.binpb": b"" for number in range(3)}
    with start(tmp_path) as driver:
        answer, _ = driver.communicate(pack_tar({"request.json": requests, **inputs}))
    with tarfile.open(fileobj=io.BytesIO(answer)) as archive:
        members = [archive.extractfile(f"{number}/response.binpb") for number in range(3)]
        paths = [member.read().decode() for member in members if member]
    assert paths == [str(tmp_path / name / "site") for name in ("python", "python-5.26", "python")]
