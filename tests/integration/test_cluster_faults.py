"""A cluster that is down, slow, full or lying: one warning, work here, and the reference bytes."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from clusters import lock_image
from faults import CANARY, snapshot, wait_until
from watching import ARGUMENTS, WATCHING, watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults import Machine
    from google.protobuf.message import Message
    from scripted_cluster import ScriptedCluster

    References = dict[str, dict[str, bytes]]
    Fault = Callable[[ScriptedCluster], None]

pytestmark = pytest.mark.slow  # unit tests have each fault, without a build around it
TABLE = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n[cache]\nremote = "{address}"\n'


@pytest.fixture
def sharing(used: Machine, script: ScriptedCluster) -> Machine:
    """Give a machine whose workspace has a cluster, opened by a secret."""
    used.workspace.configure(TABLE.format(address=script.address))
    used.variables |= {"PROTOCTL_REMOTE_HEADER": f"authorization=Bearer {CANARY}", "PROTOCTL_CACHE_WRITE": "always"}
    return used


@pytest.fixture
def filled(sharing: Machine, script: ScriptedCluster, references: References) -> ScriptedCluster:
    """Give a cluster that has the results of the next build, which this machine has forgotten."""
    assert sharing.run().code == 0
    assert snapshot(sharing.dist) == references["second"]
    sharing.forget()
    sharing.edit("first")
    assert sharing.run("build", "--runner", "local", "--target", "python", "--offline").code == 0
    sharing.edit("second")
    sharing.forget()
    script.asked.clear()
    return script


def spoiled(method: str, change: Callable[[Any], None]) -> Fault:
    """Give a fault that changes what a method answers."""

    def spoil(answer: Any) -> Message:  # noqa: ANN401
        change(answer)
        message: Message = answer
        return message

    def fault(script: ScriptedCluster) -> None:
        script.spoil[method] = spoil

    return fault


def other_bytes(answer: Any) -> None:  # noqa: ANN401
    """Turn a bit in every blob."""
    for response in answer.responses:
        response.data = bytes([response.data[0] ^ 1]) + response.data[1:]


def huge(answer: Any) -> None:  # noqa: ANN401
    """Tell of more than anybody has."""
    answer.output_files[0].digest.size_bytes = 1 << 60


def silent(script: ScriptedCluster) -> None:
    """Never answer."""
    script.silent.update(("GetActionResult", "UpdateActionResult"))


def locked(script: ScriptedCluster) -> None:
    """Let nobody in."""
    script.refusals |= dict.fromkeys(("GetActionResult", "FindMissingBlobs"), grpc.StatusCode.UNAUTHENTICATED)


def full(script: ScriptedCluster) -> None:
    """Have nothing, and take nothing."""
    script.results.clear()
    script.refusals["BatchUpdateBlobs"] = grpc.StatusCode.RESOURCE_EXHAUSTED
    script.blobs.clear()


FAULTS: dict[str, Fault] = {
    "other bytes": spoiled("BatchReadBlobs", other_bytes),
    "huge": spoiled("GetActionResult", huge),
    "silent": silent,
    "locked": locked,
    "full": full,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_one_warning(
    sharing: Machine, filled: ScriptedCluster, references: References, fault: str
) -> None:
    FAULTS[fault](filled)
    done = sharing.run()
    assert done.code == 0, done.err
    assert done.err.count("warning: cluster ") == 1, done.err
    assert snapshot(sharing.dist) == references["second"]
    sharing.assert_clean()


def test_a_sound_cluster_costs_no_warning_and_no_tool(
    sharing: Machine, filled: ScriptedCluster, references: References
) -> None:
    done = sharing.run("build", "--runner", "docker", "--target", "python", DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.code == 0, done.err
    assert "warning" not in done.err
    assert "runner:" not in done.err
    assert snapshot(sharing.dist) == references["second"]
    assert ("authorization", f"Bearer {CANARY}") in filled.headers
    sharing.assert_clean()


def test_nobody_there_costs_one_warning(used: Machine, references: References) -> None:
    used.workspace.configure(TABLE.format(address="grpc://127.0.0.1:1"))
    done = used.run(PROTOCTL_CACHE_WRITE="always")
    assert done.err.count("warning: cluster grpc://127.0.0.1:1: UNAVAILABLE") == 1, done.err
    assert snapshot(used.dist) == references["second"]
    idle = used.run(PYTHONPROFILEIMPORTTIME="1").err
    assert "nothing changed\n" in idle
    assert "warning:" not in idle
    assert "protoctl.flows.cluster" in idle
    assert "protoctl.cluster" not in idle


def test_a_cluster_that_runs_nothing_is_replaced_by_this_machine(
    sharing: Machine, script: ScriptedCluster, references: References
) -> None:
    """The worker has no such program; the whole build goes on here."""
    lock_image(sharing.root)
    done = sharing.run("build", "--runner", "remote", "--target", "python")
    assert done.code == 0, done.err
    assert done.err.count("warning: cluster ") == 1, done.err
    assert "driver failed there with 127; the compiler runs here" in done.err
    assert script.asked["Execute"] == 1
    assert snapshot(sharing.dist) == references["second"]
    sharing.assert_clean()


def test_an_interrupt_waits_for_no_cluster(sharing: Machine, script: ScriptedCluster) -> None:
    script.silent.add("GetActionResult")
    with sharing.start() as process:
        wait_until(lambda: script.asked["GetActionResult"])
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "warning" not in said
    sharing.assert_clean()


def test_an_interrupt_ends_what_runs_there(sharing: Machine, script: ScriptedCluster) -> None:
    lock_image(sharing.root)
    script.execute = lambda _: (script.closed.wait(30), b"", {})
    with sharing.start("build", "--runner", "remote", "--target", "python") as process:
        wait_until(lambda: script.asked["Execute"])
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "warning" not in said
    sharing.assert_clean()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PROTOCTL_CACHE_WRITE", "sometimes"),
        ("PROTOCTL_REMOTE_HEADER", CANARY),
        ("PROTOCTL_REMOTE_CA", "/nowhere/ca.pem"),
        ("PROTOCTL_REMOTE_KEY", "/dev/null"),
    ],
)
def test_a_variable_that_cannot_be_meant_is_an_error(sharing: Machine, variable: str, value: str) -> None:
    sharing.variables[variable] = value
    done = sharing.run()
    assert done.code == 2, done.err
    assert variable in done.err


def test_watching_asks_no_more_once_it_was_given_up(sharing: Machine, script: ScriptedCluster) -> None:
    """Each save would wait for it, those after a fault as well."""
    script.silent.add("GetCapabilities")
    with watched(sharing.start(*ARGUMENTS, "--target", "python")) as watcher:
        watcher.wait_for("warning: cluster ")
        watcher.wait_for(WATCHING)
        sharing.workspace.proto("acme/a/v1/a.proto", "nonsense")
        watcher.wait_for("error: 1 problem in the protos")
        for name in ("third", "fourth"):
            sharing.edit(name)
            watcher.wait_for("→ a (")
        assert watcher.end(signal.SIGINT) == 130
    assert script.asked["GetCapabilities"] == 1
    assert "\n".join(watcher.said).count("warning: cluster ") == 1
    sharing.assert_clean()


def test_watching_runs_here_once_the_cluster_could_not(sharing: Machine, script: ScriptedCluster) -> None:
    """The worker has no such program; no later round tries it again."""
    lock_image(sharing.root)
    with watched(sharing.start("build", "--watch", "--runner", "remote", "--target", "python")) as watcher:
        watcher.wait_for("warning: cluster ")
        watcher.wait_for(WATCHING)
        for name in ("third", "fourth"):
            sharing.edit(name)
            watcher.wait_for("→ a (")
        assert watcher.end(signal.SIGINT) == 130
    assert script.asked["Execute"] == 1
    assert "\n".join(watcher.said).count("warning: cluster ") == 1
    sharing.assert_clean()
