"""A cluster runs what this machine would run, with the same outcome; what it cannot do is done here."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from conftest import REPOSITORY
from scripted_cluster import Executed, ScriptedCluster, open_cluster

from protoctl.errors import ClusterError, EngineError, UsageError
from protoctl.kit.background import start
from protoctl.kit.waiting import pauses
from protoctl.model.event import Event, Level
from protoctl.model.invocation import Invocation, Outcome
from protoctl.model.tree import Tree
from protoctl.runners import remote
from protoctl.runners.exchange import LENGTH
from protoctl.runners.local import DRIVER
from protoctl.runners.remote import REQUEST, RESPONSE, RemoteRunner, connect
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Outcome(0, "", Tree({"made": b"here"}))
THERE = Outcome(0, "", Tree({"response.binpb": b"there"}))


class Machine:
    """What is here: it notes what its runners are asked, and can be slow and unable."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.asked: list[Sequence[Invocation]] = []
        self.runners: list[LocalFake] = []
        self.is_slow = False
        self.is_unable = False

    def runner(self) -> LocalFake:
        """Give a runner."""
        self.runners.append(LocalFake(self))
        return self.runners[-1]


class LocalFake:
    """A Runner of the machine here."""

    name = "local"
    reason = "a test"

    def __init__(self, machine: Machine) -> None:
        """Take where it runs."""
        self.machine = machine
        self.stopped = Signal()

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Give one outcome for all."""
        self.machine.asked.append(invocations)
        if self.machine.is_unable:
            raise EngineError("there is no toolchain here")
        if self.stopped.wait(30 if self.machine.is_slow else 0):
            raise EngineError("the run was stopped")
        return [HERE] * len(invocations)

    def stop(self) -> None:
        """Let `run` raise."""
        self.stopped.set()

    def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def toolchain(tmp_path: Path) -> Path:
    """Give a folder as the image has it, with one tool that answers `there` and one that dies."""
    (tmp_path / "bin").mkdir()
    for name, statement in {"good": "printf there", "bad": "echo no >&2; exit 3", "dead": "kill -9 $$"}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{statement}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


@pytest.fixture
def cluster(script: ScriptedCluster, toolchain: Path) -> ScriptedCluster:
    """Give a cluster whose workers run the driver as the image has it."""

    def execute(inputs: dict[str, bytes]) -> Executed:
        folder = Path(tempfile.mkdtemp(dir=toolchain))
        for name, data in inputs.items():
            (folder / name).write_bytes(data)
        argv = [sys.executable, "-I", "-S", str(DRIVER), str(toolchain), REQUEST, RESPONSE]
        done = subprocess.run(argv, cwd=folder, capture_output=True, check=False)
        output = folder / RESPONSE
        return done.returncode, done.stderr, {RESPONSE: output.read_bytes()} if output.exists() else {}

    script.execute = execute
    return script


@pytest.fixture
def local() -> Machine:
    """Give the machine here."""
    return Machine()


@pytest.fixture
def events() -> list[Event]:
    """Give a list that receives warnings."""
    return []


@pytest.fixture
def runner(cluster: ScriptedCluster, local: Machine, events: list[Event]) -> RemoteRunner:
    """Give the runner."""
    return RemoteRunner(open_cluster(cluster.address, events.append), {"container-image": "docker://i"}, local.runner)


def invocation(tool: str, content: bytes = b"") -> Invocation:
    """Give a run of a tool."""
    return Invocation("python", "0", (tool,), Tree({"request.binpb": content}))


def run(runner: RemoteRunner, invocations: Sequence[Invocation]) -> list[Outcome]:
    """Give the outcomes, whatever time they took."""
    return [replace(outcome, seconds=0) for outcome in runner.run(invocations)]


def test_the_cluster_gives_what_the_tools_give(runner: RemoteRunner, local: Machine, events: list[Event]) -> None:
    outcomes = run(runner, [invocation("good", bytes([number])) for number in range(3)] + [invocation("bad")])
    assert outcomes == [THERE] * 3 + [Outcome(3, "no\n", Tree({}))]
    assert local.asked == []
    assert events == []


def test_a_line_that_breaks_is_taken_up_again(
    cluster: ScriptedCluster, runner: RemoteRunner, local: Machine, events: list[Event]
) -> None:
    cluster.cuts = 2
    assert run(runner, [invocation("good")]) == [THERE]
    assert cluster.asked["Execute"] == 1
    assert cluster.asked["WaitExecution"] == 2
    assert (local.asked, events) == ([], [])


@pytest.mark.slow
def test_a_line_that_breaks_again_and_again_is_given_up(
    cluster: ScriptedCluster, runner: RemoteRunner, events: list[Event]
) -> None:
    cluster.cuts = 100
    assert run(runner, [invocation("good")]) == [HERE]
    assert [event.level for event in events] == [Level.WARNING]


def test_a_tool_that_a_signal_ended_is_run_here(runner: RemoteRunner, local: Machine, events: list[Event]) -> None:
    """A worker may be short of memory; its cluster is not to keep that as a result."""
    good, dead = invocation("good"), invocation("dead")
    assert run(runner, [good, dead]) == [THERE, HERE]
    assert local.asked == [[dead]]
    assert "failed there with 1; ChildProcessError: signal 9 ended a tool" in events[0].text


def lost(script: ScriptedCluster) -> None:
    """Drop what the worker wrote."""
    honest = script.execute

    def execute(inputs: dict[str, bytes]) -> Executed:
        script.spoil["Execute"] = drop
        return honest(inputs)

    def drop(answer: Any) -> Any:  # noqa: ANN401
        script.blobs.clear()
        return answer

    script.execute = execute


def garbage(script: ScriptedCluster) -> None:
    """Answer with what is no archive."""
    script.execute = lambda _: (0, b"", {RESPONSE: b"\xff" * 2000})


def escaping(script: ScriptedCluster) -> None:
    """Answer with a path outside."""
    header = json.dumps({"number": 0, "returncode": 0, "stderr": "", "seconds": 1, "files": [["../evil", 0]]}).encode()
    script.execute = lambda _: (0, b"", {RESPONSE: len(header).to_bytes(LENGTH, "big") + header})


def cut(script: ScriptedCluster) -> None:
    """Answer with half of it."""
    honest = script.execute

    def execute(inputs: dict[str, bytes]) -> Executed:
        code, said, outputs = honest(inputs)
        return code, said, {RESPONSE: outputs[RESPONSE][:-1]}

    script.execute = execute


def nothing(script: ScriptedCluster) -> None:
    """Succeed without output."""
    script.execute = lambda _: (0, b"", {})


def failing(script: ScriptedCluster) -> None:
    """Let the driver fail."""
    script.execute = lambda _: (127, b"", {})


def refuses(method: str, code: str) -> Callable[[ScriptedCluster], None]:
    """Refuse a method."""

    def refuse(script: ScriptedCluster) -> None:
        script.refusals[method] = grpc.StatusCode[code]

    refuse.__name__ = f"{method}-{code}"
    return refuse


def other_kind(script: ScriptedCluster) -> None:
    """End the operation with another message."""

    def spoil(operation: Any) -> Any:  # noqa: ANN401
        operation.response.type_url = "type.googleapis.com/google.protobuf.Empty"
        return operation

    script.spoil["Execute"] = spoil


def with_error(script: ScriptedCluster) -> None:
    """End the operation with an error."""

    def spoil(operation: Any) -> Any:  # noqa: ANN401
        operation.error.message = "no worker has this platform"
        operation.done = True
        return operation

    script.spoil["Execute"] = spoil


def undecodable(script: ScriptedCluster) -> None:
    """End the operation with broken bytes."""

    def spoil(operation: Any) -> Any:  # noqa: ANN401
        operation.response.value = b"\xff"
        return operation

    script.spoil["Execute"] = spoil


def runs_nothing(script: ScriptedCluster) -> None:
    """Be a cache only."""
    script.capabilities.execution_capabilities.exec_enabled = False


FAULTS = [
    *(lost, garbage, cut, escaping, nothing, failing, other_kind, with_error, undecodable, runs_nothing),
    *(refuses("Execute", code) for code in ("FAILED_PRECONDITION", "UNAUTHENTICATED")),
    *(refuses(method, "INTERNAL") for method in ("GetCapabilities", "FindMissingBlobs", "BatchUpdateBlobs")),
    refuses("BatchReadBlobs", "PERMISSION_DENIED"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_a_fault_costs_one_warning_and_work_here(
    cluster: ScriptedCluster,
    runner: RemoteRunner,
    local: Machine,
    events: list[Event],
    fault: Callable[[ScriptedCluster], None],
) -> None:
    fault(cluster)
    assert run(runner, [invocation("good")]) == [HERE]
    assert run(runner, [invocation("good", b"more")]) == [HERE]
    assert [event.level for event in events] == [Level.WARNING]
    assert "the compiler runs here" in events[0].text
    assert len(local.asked) == 2
    assert cluster.asked["Execute"] <= 4  # one that has no thread left is asked again


def test_one_that_hangs_is_overtaken(
    cluster: ScriptedCluster, runner: RemoteRunner, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "HEAD_START", 0.2)
    cluster.silent.add("Execute")
    assert run(runner, [invocation("good")]) == [HERE]
    assert "had not run the compiler when this machine had" in events[0].text
    assert run(runner, [invocation("good")]) == [HERE]
    assert cluster.asked["Execute"] == 1
    assert len(events) == 1


def test_one_that_takes_long_may_still_be_first(
    runner: RemoteRunner, local: Machine, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "HEAD_START", 0)
    local.is_slow = True
    assert run(runner, [invocation("good")]) == [THERE]
    assert [one.stopped.is_set() for one in local.runners] == [False, True]
    assert events == []


def test_where_this_machine_cannot_the_cluster_is_waited_for(
    runner: RemoteRunner, local: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "HEAD_START", 0)
    local.is_unable = True
    assert run(runner, [invocation("good")]) == [THERE]


def test_a_stop_ends_the_wait_and_tells_the_cluster(
    cluster: ScriptedCluster, runner: RemoteRunner, local: Machine, events: list[Event]
) -> None:
    reached = Signal()
    honest = cluster.execute

    def execute(inputs: dict[str, bytes]) -> Executed:
        reached.set()
        cluster.closed.wait(30)
        return honest(inputs)

    cluster.execute = execute
    outcome = start(lambda: run(runner, [invocation("good")]))
    assert reached.wait(30)
    for pause in pauses():
        if any(execution.name for execution in runner.executions):
            break
        pause.take()
    runner.stop()
    with pytest.raises(EngineError, match="stopped"):
        outcome.result(30)
    assert cluster.asked["CancelOperation"] == 1
    assert local.asked == []
    assert events == []


def test_without_cluster_or_image_it_is_not_had(script: ScriptedCluster, events: list[Event]) -> None:
    lock = read_lock(REPOSITORY)
    assert lock
    with pytest.raises(UsageError, match="no cluster"):
        connect(None, lock, {}, Machine().runner)
    with pytest.raises(UsageError, match="no image"):
        connect(open_cluster(script.address, events.append), lock, {}, Machine().runner)


@pytest.mark.parametrize(
    ("library", "module"), [("grpc", "connection"), ("zstandard", "compression")], ids=["grpc", "zstandard"]
)
def test_without_a_library_it_says_what_to_install(
    runner: RemoteRunner, monkeypatch: pytest.MonkeyPatch, library: str, module: str
) -> None:
    import protoctl.cluster as package

    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"protoctl.cluster.{module}")
    monkeypatch.delattr(package, module)
    with pytest.raises(ClusterError) as caught:
        runner.cluster.require()
    assert caught.value.hint == "install protoctl[remote]"


def test_a_cluster_that_lied_to_the_cache_runs_nothing(
    cluster: ScriptedCluster, runner: RemoteRunner, events: list[Event]
) -> None:
    runner.cluster.give_up(ClusterError("it gave other bytes than were asked for"))
    assert run(runner, [invocation("good")]) == [HERE]
    assert not cluster.asked
    assert len(events) == 1
