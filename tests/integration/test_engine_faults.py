"""An engine that refuses, dies, lies or hangs: exit code 4 with its own message, and nothing kept."""

from __future__ import annotations

import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from faults import CANARY, SECONDS_TO_VANISH, snapshot
from scripted_engine import Script, frame, scripted

from protoctl.errors import MachineError
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.runners.attached import STDERR, STDOUT
from protoctl.runners.container import Limits
from protoctl.runners.docker import DockerRunner, Engine, connect
from protoctl.runners.image import ToolchainImage, local_tag
from protoctl.runners.orphans import OWNER, RUN
from protoctl.runners.orphans import machine as this_machine
from protoctl.toolchain.lock_file import read_lock, write_lock

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from faults import Machine

    References = dict[str, dict[str, bytes]]

DOCKER = ("build", "--runner", "docker", "--target", "python")


def saying(*parts: bytes) -> Callable[[socket.socket], None]:
    """Give a container that says something and ends."""
    return lambda connection: connection.sendall(b"".join(parts))


@dataclass(frozen=True)
class Case:
    """One way in which an engine fails."""

    name: str
    """Of the test."""
    said: str
    """What the message begins with."""
    script: dict[str, Any] = field(default_factory=dict)
    """What is not as on a sound engine."""


DURING = "the container engine failed during the run"
REFUSED = "the engine refuses the container"
BROKEN = "the engine's stream broke off in the middle\n"
ABSENT = "no container engine answers at tcp://127.0.0.1:"


def answering(request: str, status: int, body: object) -> dict[str, Any]:
    """Give the script of an engine that answers one request in its own way."""
    return {"answers": {request: (status, body)}}


def ending(code: int, *parts: bytes, out_of_memory: bool = False) -> dict[str, Any]:
    """Give the script of an engine whose container says something and ends."""
    return {"code": code, "converse": saying(*parts), "out_of_memory": out_of_memory}


CASES = [
    Case("refuses", f"{REFUSED}\n  denied", answering("POST /containers/create", 403, {"message": "denied"})),
    Case("no room", f"{REFUSED}\n  no space", answering("POST /containers/create", 500, {"message": "no space"})),
    Case("cannot start", f"{DURING}\n  exec format", answering("POST /containers/ID/start", 400, b"exec format")),
    Case("dies before", REFUSED, {"dies_at": "POST /containers/create"}),
    Case("dies in the middle", DURING, {"dies_at": "POST /containers/ID/wait"}),
    Case(
        "out of memory",
        "the container ran out of memory (4 GiB)\n  almost",
        ending(137, frame(STDERR, b"almost"), out_of_memory=True),
    ),
    Case("killed", "the container was killed\nhint: ", ending(137)),
    Case("cut in a frame", BROKEN, ending(0, frame(STDOUT, b"whole")[:-1])),
    Case("cut in a header", BROKEN, ending(0, b"\1\0\0")),
    Case("no frames", "the engine's stream cannot be read\n", ending(0, b"HTTP/1.1 502 Bad Gateway\r\n\r\n")),
    Case("says nothing", "the toolchain gave an answer that cannot be read\n"),
    Case("its program fails", "the toolchain's driver failed with 1\n  why", ending(1, frame(STDERR, b"why"))),
    Case("no number", f"{DURING}\n  its answer", answering("POST /containers/ID/wait", 200, {"StatusCode": None})),
    Case("no JSON", ABSENT, answering("GET /version", 200, b"<html>")),
    Case("asks who we are", ABSENT, answering("GET /version", 401, b"who are you?")),
    Case("an image of no shape", "the engine at", answering("GET /images/NAME/json", 200, {"Config": None})),
    Case("a list of no shape", "the engine at", answering("GET /containers/json", 200, [{"Id": 1}])),
    Case("another processor", "the image protoctl-toolchain:", {"architecture": "riscv64"}),
    Case("another toolchain", "the image protoctl-toolchain:", {"toolchain": "0" * 64}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_engine_that_fails(used: Machine, references: References, case: Case) -> None:
    lock = read_lock(used.root)
    assert lock
    script = Script(**{"toolchain": lock.digest, **case.script})
    with scripted(script) as engine:
        done = used.run(*DOCKER, DOCKER_HOST=engine.address)
        assert engine.is_gone or not engine.containers, "a container was left"
        assert CANARY.encode() not in b"".join(engine.bodies)
    assert done.code == 4, done.err
    assert f"error: {case.said}" in done.err
    assert snapshot(used.dist) == references["first"]
    assert not list(used.cache.glob("results/*/*"))
    used.assert_clean()


def test_the_build_after_a_failed_engine_gives_the_reference_bytes(used: Machine, references: References) -> None:
    with scripted(Script(dies_at="GET /version")) as engine:
        done = used.run("build", "--target", "python", DOCKER_HOST=engine.address)
    assert done.code == 0, done.err
    assert f"runner: local (no container engine answers at {engine.address})" in done.err
    assert snapshot(used.dist) == references["second"]
    used.assert_clean()


def test_an_absent_image_is_told_with_what_makes_it(used: Machine, references: References) -> None:
    lock = read_lock(used.root)
    assert lock
    with scripted(Script(has_image=False)) as engine:
        done = used.run(*DOCKER, "--offline", DOCKER_HOST=engine.address)
        assert "POST /images/create" not in engine.requests
    assert done.code == 4
    assert f"has no image {local_tag(lock)}\nhint: run `protoctl lock --image`" in done.err
    assert snapshot(used.dist) == references["first"]


def refer(machine: Machine, reference: str) -> None:
    """Lock an image that is in a registry."""
    lock = read_lock(machine.root)
    assert lock
    write_lock(machine.root, replace(lock, image=replace(lock.image, reference=reference)), {})


def test_an_absent_image_with_a_reference_is_told_with_the_command_that_pulls_it(used: Machine) -> None:
    reference = "registry.acme/toolchain@sha256:" + "2" * 64
    refer(used, reference)
    with scripted(Script(has_image=False)) as engine:
        done = used.run(*DOCKER, "--offline", DOCKER_HOST=engine.address)
    assert done.code == 4, done.err
    assert f"hint: run `docker pull {reference}`\n" in done.err


def test_a_tag_in_place_of_a_digest_is_refused(used: Machine) -> None:
    """What a tag names is another thing tomorrow."""
    refer(used, "registry.acme/toolchain:latest")
    done = used.run(*DOCKER)
    assert done.code == 2, done.err
    assert "protoctl.lock: image registry.acme/toolchain:latest has no digest" in done.err
    assert "hint: run `protoctl lock --image`" in done.err


def run_with(limits: Limits, script: Script) -> MachineError:
    """Give the error of a run on a scripted engine, whose container is gone."""
    with scripted(script) as served, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", served.address)
        image = ToolchainImage("image", "sha256:1", "", "amd64")
        engine = Engine.open(limits)
        with closing(engine), closing(DockerRunner(engine, image)) as runner, pytest.raises(MachineError) as caught:
            runner.run([Invocation("python", "any", ("protoc",), Tree({}))])
        served.ended.set()
        assert not served.containers
    return caught.value


def test_a_container_that_hangs_is_given_up() -> None:
    over = threading.Event()
    begin = time.monotonic()
    error = run_with(Limits(seconds=0.3), Script(converse=lambda _: over.wait(30)))
    over.set()
    assert error.what == "the container did not finish within 0.3 seconds"
    assert time.monotonic() - begin < SECONDS_TO_VANISH


@pytest.mark.parametrize("header", [1 << 16, (1 << 32) - 1])
def test_a_flood_is_cut_off_while_it_comes(header: int) -> None:
    """Also one frame that claims to be larger than any memory."""
    sent = []

    def flood(connection: socket.socket) -> None:
        block = frame(STDOUT, b"x" * header) if header == 1 << 16 else b"x" * (1 << 16)
        if header != 1 << 16:
            connection.sendall(b"\1\0\0\0" + header.to_bytes(4, "big"))
        with suppress(OSError):
            while True:
                connection.sendall(block)
                sent.append(len(block))

    error = run_with(Limits(output=2 << 20), Script(converse=flood))
    assert error.what == "the toolchain gave an answer that cannot be read"
    assert sum(sent) < 64 << 20


def test_messages_without_end_end_with_the_time() -> None:
    def repeat(connection: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection.sendall(frame(STDERR, b"help! " * 1000))

    error = run_with(Limits(seconds=0.5), Script(converse=repeat))
    assert error.what == "the container did not finish within 0.5 seconds"


def test_only_what_is_ours_and_has_no_owner_is_removed(used: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels are text that anybody may write; this machine's clock says nothing about the age of containers."""
    lock = read_lock(used.root)
    assert lock
    dead, now = 2**22 + 1, time.time()
    owners = {
        "orphan": (f"{dead}@{this_machine()}", now),
        "too-old": ("1@another-machine", now - 7200),
        "another-machine": (f"{dead}@another-machine", now),
        "no-number": (f"x@{this_machine()}", now),
        "huge": (f"{1 << 80}@{this_machine()}", now),
        "no-place": ("", now),
    }
    listed = [
        {"Id": name, "Labels": {RUN: "x", OWNER: owner}, "Created": created}
        for name, (owner, created) in owners.items()
    ]
    with scripted(Script(toolchain=lock.digest, listed=listed)) as engine:
        monkeypatch.setenv("DOCKER_HOST", engine.address)
        runner = connect(lock, offline=True)
        runner.engine.close()
        assert engine.containers == {"another-machine", "no-number", "no-place"}
