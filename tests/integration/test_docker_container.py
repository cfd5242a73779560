"""What a container may do, how its end is read, and that it never outlives its build."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, fresh_cache
from engine import Locked, containers_of_ours, derive, engine_tests, make_workspace

from protoctl.errors import EngineError, MachineError, ToolError
from protoctl.model.invocation import Invocation
from protoctl.model.toolchain import Image
from protoctl.model.tree import Tree
from protoctl.runners import container
from protoctl.runners.container import Limits
from protoctl.runners.docker import DockerRunner, Engine, connect
from protoctl.runners.orphans import OWNER, RUN, machine
from protoctl.toolchain.lock_file import read_lock, write_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from protoctl.model.invocation import Outcome

pytestmark = [*engine_tests, pytest.mark.registries]
PROBE = Path(__file__).with_name("probe.py")
RELAY = Path(__file__).with_name("relay.py")
SECONDS_TO_VANISH = 5


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return when the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def toolchain(locked: Locked, engine: Engine) -> str:
    """Give the identifier of the locked image."""
    return engine.require_image(locked.lock, offline=False).identifier


@pytest.fixture(scope="module")
def program(toolchain: str, engine: Engine) -> Callable[..., str]:
    """Give what makes an image of the toolchain that runs another program."""

    def make(*argv: str, **files: str) -> str:
        lines = [f"COPY {name} /{name}" for name in files]
        return derive(engine, toolchain, "protoctl-program:1", *lines, f"ENTRYPOINT {json.dumps(argv)}", files=files)

    return make


def output_of(engine: Engine, image: str) -> bytes:
    """Give what a program in a container of ours prints; raises what its end means."""
    with engine.started(image) as driver:
        output = driver.read(1 << 20)
        driver.end()
    return output


def ask_program(engine: Engine) -> list[Outcome]:
    """Ask whatever is in the container for an outcome."""
    image = engine.find_image("protoctl-program:1")
    assert image
    runner = DockerRunner(engine, image)
    try:
        return runner.run([Invocation("python", "any", ("protoc",), Tree({}))])
    finally:
        runner.close()


def test_a_container_can_do_nothing_but_its_work(
    engine: Engine, program: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program inside tries what a hostile plugin would try, and reports how far it came."""
    monkeypatch.setenv("PROTOCTL_TOKEN", "secret-of-the-host")
    image = program("python3", "/probe", probe=PROBE.read_text())
    report = json.loads(output_of(engine, image))
    assert report.pop("environment") == []
    assert report == {
        "user": [65534, 65534],
        "capabilities": 0,
        "no_new_privileges": "1",
        "interfaces": ["lo"],
        "connected": [],
        "written": ["/tmp"],  # noqa: S108  in the container
        "executed": [],
        "became_root": False,
        "processes_are_bounded": True,
        "host_files": [],
    }


def test_large_trees_go_in_and_out_at_once(engine: Engine, toolchain: str) -> None:
    """Both ways are larger than any buffer between them."""
    count, size = 400, 100_000
    protos = {f"big/v1/f{number}.proto": make_proto(number, size) for number in range(count)}
    arguments = ["-I.", "--descriptor_set_out=out/all.binpb", "--python_out=out", "--include_source_info", *protos]
    inputs = Tree({**protos, "arguments": "\n".join(arguments).encode()})
    image = engine.find_image(toolchain)
    assert image
    runner = DockerRunner(engine, image)
    [outcome] = runner.run([Invocation("python", "any", ("protoc", "@arguments"), inputs)])
    runner.close()
    assert outcome.returncode == 0, outcome.stderr
    assert len(outcome.outputs.files) == count + 1
    assert sum(map(len, outcome.outputs.files.values())) > count * size


def make_proto(number: int, size: int) -> bytes:
    """Give a proto with a long comment, which is part of its descriptor."""
    text = f'syntax = "proto3";\npackage big.v1;\n// {"x" * size}\nmessage M{number} {{}}\n'
    return text.encode()


def test_a_tool_that_fails_is_an_outcome(engine: Engine, toolchain: str) -> None:
    """Its words come back, its output does not."""
    image = engine.find_image(toolchain)
    assert image
    inputs = Tree({"a.proto": b"nonsense"})
    argv = ("protoc", "-I.", "--python_out=out", "a.proto")
    runner = DockerRunner(engine, image)
    [outcome] = runner.run([Invocation("python", "any", argv, inputs)])
    [again] = runner.run([Invocation("python", "any", argv, inputs)])
    assert len(containers_of_ours(engine)) == 1, "one container serves all runs"
    runner.close()
    assert containers_of_ours(engine) == []
    assert "a.proto:1:1" in again.stderr
    assert outcome.returncode == 1
    assert "a.proto:1:1" in outcome.stderr
    assert outcome.outputs.files == {}


@pytest.mark.parametrize(
    ("argv", "error", "words"),
    [
        (["sh", "-c", "echo broken >&2; exit 3"], ToolError, "driver failed with 3\n  broken"),
        (["sh", "-c", "echo almost >&2; kill -9 $$"], EngineError, "was killed\n  almost"),
        (["/absent"], EngineError, "cannot start its program"),
        (["sh", "-c", "exit 127"], EngineError, "cannot start its program"),
        (["head", "-c", "1000", "/dev/zero"], ToolError, "an answer that cannot be read"),
    ],
)
def test_each_bad_end_has_its_message(
    engine: Engine, program: Callable[..., str], argv: list[str], error: type[Exception], words: str
) -> None:
    """What the program said is kept, and its container is not."""
    program(*argv)
    with pytest.raises(error) as caught:
        ask_program(engine)
    assert words in str(caught.value)
    assert containers_of_ours(engine) == []


def test_memory_is_bounded(engine: Engine, program: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A greedy tool ends itself, not the machine."""
    monkeypatch.setitem(container.RIGHTS, "Memory", 64 << 20)
    monkeypatch.setitem(container.RIGHTS, "MemorySwap", 64 << 20)
    image = program("python3", "-c", "data = b'x' * (1 << 30)")
    with pytest.raises(EngineError, match="out of memory"):
        output_of(engine, image)


def test_time_is_bounded(engine: Engine, program: Callable[..., str]) -> None:
    """A tool that hangs is given up."""
    program("sleep", "300")
    hasty = Engine.open(Limits(seconds=1))
    with closing(hasty), pytest.raises(EngineError, match="did not finish within 1 seconds"):
        ask_program(hasty)
    assert containers_of_ours(engine) == []


def test_output_is_bounded(engine: Engine, program: Callable[..., str]) -> None:
    """Endless output is cut off while it comes."""
    header = json.dumps({"number": 0, "files": [["a", 9 << 20]]})
    program(
        "sh", "-c", f"printf '%08d' 0 | tr 0 '\\000' | head -c 7; printf '\\{len(header):o}{header}'; cat /dev/zero"
    )
    strict = Engine.open(Limits(output=8 << 20))
    with closing(strict), pytest.raises(ToolError, match="it announces 9437184 bytes"):
        ask_program(strict)
    assert containers_of_ours(engine) == []


def test_an_engine_that_dies_is_told(
    engine: Engine, program: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends at once; what it left is found later."""
    program("sleep", "300")
    argv = [sys.executable, str(RELAY), engine.address.removeprefix("unix://")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as relay:
        assert relay.stdout
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{relay.stdout.readline().strip()}")
        with closing(Engine.open()) as fragile, ThreadPoolExecutor() as threads:
            run = threads.submit(ask_program, fragile)
            wait_until(lambda: containers_running(engine))
            relay.kill()
            with pytest.raises(EngineError, match="failed during the run"):
                run.result(SECONDS_TO_VANISH)
    [left] = containers_of_ours(engine)
    engine.remove(left.removeprefix("/"))


def containers_running(engine: Engine) -> list[object]:
    """Give our containers that have started."""
    return list(engine.client.containers(filters={"label": RUN, "status": "running"}))


def test_runs_end_when_the_runner_is_stopped(toolchain: str, program: Callable[..., str], engine: Engine) -> None:
    """Also those that another thread waits for, and those that would begin after."""
    assert toolchain
    program("sleep", "300")
    image = engine.find_image("protoctl-program:1")
    assert image
    invocations = [Invocation("python", "any", ("protoc",), Tree({}))]
    with closing(DockerRunner(engine, image)) as stopped, ThreadPoolExecutor() as threads:
        run = threads.submit(stopped.run, invocations)
        wait_until(lambda: containers_running(engine))
        stopped.stop()
        with pytest.raises(MachineError):
            run.result(SECONDS_TO_VANISH)
        with pytest.raises(ToolError, match="was stopped"):
            stopped.run(invocations)
    assert containers_of_ours(engine) == []


@pytest.fixture
def hanging(locked: Locked, engine: Engine, toolchain: str, tmp_path: Path) -> Path:
    """Give a workspace with a whole `dist/` whose image never answers."""
    root = make_workspace(tmp_path / "acme", locked.lock.image.base)
    lock = read_lock(root)
    assert lock
    image = derive(engine, toolchain, "protoctl-hanging:1", 'ENTRYPOINT ["sleep", "300"]')
    write_lock(root, replace(lock, image=Image(lock.image.base, image)), {})
    (root / "dist").mkdir()
    (root / "dist" / "old").write_text("whole")
    return root


@contextmanager
def build_started(root: Path, engine: Engine) -> Iterator[subprocess.Popen[str]]:
    """Give a build by the docker runner, with a cache that knows nothing, whose container runs."""
    argv = [sys.executable, "-m", "protoctl", "build", "--workspace", str(root), "--runner", "docker"]
    environment = {**os.environ, "PROTOCTL_CACHE_DIR": str(fresh_cache(root / "cache")), "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(argv, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until(lambda: containers_running(engine) or process.poll() is not None)
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_container(hanging: Path, engine: Engine, number: signal.Signals) -> None:
    """And the old `dist/`, whole."""
    with build_started(hanging, engine) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=SECONDS_TO_VANISH)
    assert process.returncode == 128 + number, said
    assert containers_of_ours(engine) == []
    assert [path.name for path in (hanging / "dist").iterdir()] == ["old"]
    assert "Traceback" not in said


def test_what_a_killed_build_left_is_removed_by_the_next(hanging: Path, locked: Locked, engine: Engine) -> None:
    """Containers of others, and of builds that are alive, stay."""
    with build_started(hanging, engine) as process:
        process.kill()
        process.wait()
    assert len(containers_of_ours(engine)) == 1
    image = locked.lock.image.reference
    others = [
        engine.client.create_container(image, labels=labels)["Id"]
        for labels in ({}, {RUN: "x", OWNER: f"{os.getpid()}@{machine()}"}, {RUN: "y", OWNER: "1@another-machine"})
    ]
    try:
        connect(locked.lock, offline=True)
        assert {found["Id"] for found in engine.client.containers(all=True)}.issuperset(others)
        assert len(containers_of_ours(engine)) == len(others) - 1
    finally:
        for other in others:
            engine.remove(other)
