"""The driver as a process, as both runners start it."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from protoctl.errors import ToolError
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.runners.exchange import END, AnswersEndedError, read_answer, write_request
from protoctl.runners.local import DRIVER

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.model.invocation import Outcome


def request(number: int, argv: list[str], inputs: dict[str, bytes] | None = None) -> bytes:
    """Give a request."""
    invocation = Invocation("python", "any", tuple(argv), Tree(inputs or {}))
    return b"".join(write_request(number, invocation, {}))


def answers(data: bytes) -> dict[int, Outcome]:
    """Give the number of each request to its answer."""
    stream, found = io.BytesIO(data), {}
    with suppress(AnswersEndedError):
        while True:
            number, found[number] = read_answer(stream.read)
    return found


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the driver as runners do."""
    argv = [sys.executable, "-I", "-S", DRIVER, *arguments]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_it_answers_while_its_input_is_open() -> None:
    """An engine's connection has no half that could be closed; the end of requests is told."""
    with start() as driver:
        assert driver.stdin
        assert driver.stdout
        driver.stdin.write(request(5, ["nothing"]))
        driver.stdin.flush()
        number, outcome = read_answer(driver.stdout.read)
        assert (number, outcome.returncode, outcome.stderr) == (5, 127, "the toolchain has no tool 'nothing'")
        driver.stdin.write(request(6, ["nothing"]) + END)
        driver.stdin.flush()
        assert list(answers(driver.stdout.read())) == [6]
        assert driver.wait() == 0


def test_a_plugin_reads_the_request_and_its_output_is_the_response(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, statement in {"good": "cat", "bad": "cat; echo no >&2; exit 3"}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{statement}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    inputs = {"request.binpb": b"\x00\xff"}
    with start(tmp_path) as driver:
        answer, _ = driver.communicate(request(0, ["good"], inputs) + request(1, ["bad"], inputs))
    good, bad = answers(answer)[0], answers(answer)[1]
    assert (good.returncode, good.outputs.files) == (0, {"response.binpb": b"\x00\xff"})
    assert (bad.returncode, bad.stderr, bad.outputs.files) == (3, "no\n", {})


def test_a_quick_tool_does_not_wait_for_a_slow_one(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, statement in {"slow": f"while ! test -e {tmp_path}/go; do sleep 0.02; done", "quick": "cat"}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{statement}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    inputs = {"request.binpb": b""}
    with start(tmp_path) as driver:
        assert driver.stdin
        assert driver.stdout
        driver.stdin.write(request(0, ["slow"], inputs) + request(1, ["quick"], inputs))
        driver.stdin.flush()
        assert read_answer(driver.stdout.read)[0] == 1
        (tmp_path / "go").touch()
        assert read_answer(driver.stdout.read)[0] == 0


def test_what_is_no_file_comes_back_as_none(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/links").write_text("#!/bin/sh\nln -s /etc/hostname out/link\n")
    (tmp_path / "bin/links").chmod(0o755)
    with start(tmp_path) as driver:
        answer, _ = driver.communicate(request(0, ["links"], {"request.binpb": b""}))
    with pytest.raises(ToolError, match="is no regular file"):
        answers(answer)


@pytest.mark.parametrize("cut", [1, 8, 60])
def test_a_cut_request_is_no_success(cut: int) -> None:
    """When protoctl is killed, the stream may end early."""
    with start() as driver:
        output, _ = driver.communicate(request(0, ["nothing"])[:cut])
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


def test_a_tool_sees_the_packages_of_its_own_component_only(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/show").write_text('#!/bin/sh\nprintf %s "$PYTHONPATH"\n')
    (tmp_path / "bin/show").chmod(0o755)
    components = ("python", "python-5.26", "node")
    for name in components:
        (tmp_path / name / "site").mkdir(parents=True)
    asked = [Invocation(name, "any", ("show",), Tree({"request.binpb": b""})) for name in components]
    requests = [piece for number, one in enumerate(asked) for piece in write_request(number, one, {})]
    with start(tmp_path) as driver:
        answer, _ = driver.communicate(b"".join(requests))
    found = answers(answer)
    paths = [found[number].outputs.files["response.binpb"].decode() for number in range(3)]
    assert paths == [str(tmp_path / name / "site") for name in ("python", "python-5.26", "python")]
