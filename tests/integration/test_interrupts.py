"""SIGINT and SIGTERM at every stage of a build: the old `dist/`, nothing that runs on, nothing that lies about."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from conftest import fresh_cache
from faults import SECONDS_TO_VANISH, repair_compiler, script_compiler, snapshot, wait_until

from protoctl.kit.cores import core_count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Protoctl, Sample
    from faults import Machine

    References = dict[str, dict[str, bytes]]

HANG = "(home / 'compiling').touch(); time.sleep(300)"
TRIES = 5
"""Builds that are started until one is caught while it packs."""


@contextmanager
def mute_index(machine: Machine) -> Iterator[socket.socket]:
    """Give a package index that never answers, and make it the machine's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        own = {"UV_DEFAULT_INDEX": f"{address}/simple/", "NPM_CONFIG_REGISTRY": address}
        machine.variables |= own | {"UV_CACHE_DIR": str(machine.home / "uv")}
        yield server
    for name in own:
        machine.variables.pop(name)


def assert_interrupted(machine: Machine, process: subprocess.Popen[str], number: int, *, times: int = 1) -> None:
    """Send a signal, once or more, and see a build end at once, as if it had not been."""
    before = snapshot(machine.dist)
    for _ in range(times):
        process.send_signal(number)
    out, said = process.communicate(timeout=SECONDS_TO_VANISH)
    assert process.returncode == 128 + number, said
    assert said.endswith("interrupted; nothing was left half done\n")
    assert "Traceback" not in said + out
    assert snapshot(machine.dist) == before
    wait_until(lambda: not machine.processes(), SECONDS_TO_VANISH)


def assert_next_run_is_clean(machine: Machine, references: dict[str, dict[str, bytes]]) -> None:
    """Build again, with what is left, and see the bytes of a sound machine and no litter."""
    done = machine.run()
    assert done.code == 0, done.err
    assert snapshot(machine.dist) == references["second"]
    machine.assert_clean()


@pytest.mark.parametrize(("stage", "number"), [("resolving", signal.SIGINT), ("installing", signal.SIGTERM)])
def test_while_an_index_is_asked(used: Machine, stage: str, number: signal.Signals, references: References) -> None:
    lock = (used.root / "protoctl.lock").read_bytes()
    if stage == "resolving":
        (used.root / "protoctl.lock").unlink()
    else:
        (used.cache / "toolchains").unlink()
    with mute_index(used) as index, used.start() as process:
        connection, _ = index.accept()
        assert process.stderr
        assert any(stage in line for line in iter(process.stderr.readline, ""))
        with connection:
            assert_interrupted(used, process, number)
    assert list(used.temporary.iterdir()) == []
    if stage == "resolving":
        assert not (used.root / "protoctl.lock").exists()
        (used.root / "protoctl.lock").write_bytes(lock)
    else:
        assert [path.name for path in (used.cache / "toolchains").iterdir()] == ["CACHEDIR.TAG"]
        repair_compiler(used)
    assert_next_run_is_clean(used, references)


@pytest.mark.parametrize(
    ("stage", "number", "times"),
    [
        ("--include_source_info", signal.SIGINT, 1),
        ("--python_out", signal.SIGTERM, 1),
        ("--python_out", signal.SIGINT, 3),
    ],
)
def test_while_protoc_runs(
    used: Machine, stage: str, number: signal.Signals, times: int, references: References
) -> None:
    script_compiler(used, f"if {stage!r} in arguments: {HANG}")
    with used.start() as process:
        wait_until((used.home / "compiling").exists)
        assert_interrupted(used, process, number, times=times)
    assert times > 1 or list(used.temporary.iterdir()) == []
    repair_compiler(used)
    assert_next_run_is_clean(used, references)


def test_while_packages_are_packed(used: Machine, references: References) -> None:
    for _ in range(TRIES):
        with used.start() as process:
            wait_until(lambda: packing(used) or process.poll() is not None)
            if process.poll() is None:
                assert_interrupted(used, process, signal.SIGTERM)
                break
        used.forget()
    else:
        pytest.fail(f"none of {TRIES} builds was caught while it packed")
    assert_next_run_is_clean(used, references)


def packing(machine: Machine) -> list[Path]:
    """Give the folders in which packages are packed."""
    return [path for path in machine.temporary.iterdir() if path.name.startswith("protoctl-pack-")]


@pytest.mark.slow
@pytest.mark.skipif(core_count() == 1, reason="one core needs no other process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_while_other_processes_make_packages(used: Machine, number: signal.Signals, references: References) -> None:
    """They end with the one that started them, and make what it would make alone."""
    bulk = f"message B {{\n{'  // words' * 100_000}\n  string text = 1;\n}}"
    used.workspace.proto("acme/b/v1/b.proto", bulk)
    with used.start() as process:
        wait_until(lambda: used.programs("protoctl.flows.worker"))
        if number == signal.SIGKILL:
            process.kill()
            wait_until(lambda: not used.processes(), SECONDS_TO_VANISH)
        else:
            assert_interrupted(used, process, number)
    made = []
    for memory in ("64GiB", "100MB"):
        used.forget()
        shutil.rmtree(used.dist, ignore_errors=True)
        assert used.run(PROTOCTL_MEMORY=memory).code == 0
        made.append(snapshot(used.dist))
    assert len(made[0]) > len(references["second"])
    assert made[0] == made[1]
    used.assert_clean()


def test_while_packages_are_placed(used: Machine, references: References) -> None:
    with held(used.root), used.start() as process:
        wait_until(lambda: list(used.root.glob(".dist-new-*/manifest.json")))
        assert_interrupted(used, process, signal.SIGINT)
    assert list(used.root.glob(".dist-new-*")) == []
    assert_next_run_is_clean(used, references)


def test_a_lock_that_another_holds_is_told_with_its_holder(used: Machine, references: References) -> None:
    with held(used.root):
        done = used.run()
    assert done.code == 4
    assert (
        f"error: {used.root} is locked by process {os.getpid()}\nhint: wait for it, or end it, and run again\n"
        in done.err
    )
    assert snapshot(used.dist) == references["first"]
    assert_next_run_is_clean(used, references)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, as another build does while it places."""
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def test_while_packages_are_tried(sample: Sample, protoctl: Protoctl, tmp_path: Path) -> None:
    """The gate starts programs from many threads, of which none is waited for."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    own = {"PROTOCTL_CACHE_DIR": str(fresh_cache(tmp_path / "cache")), "TMPDIR": str(temporary)}
    argv = [sys.executable, "-m", "protoctl", "verify", str(sample.dist)]
    variables = {**protoctl.environment, **own}
    with subprocess.Popen(argv, env=variables, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: list(temporary.glob("protoctl-verify-*/*/*")))
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=SECONDS_TO_VANISH)[1]
    assert process.returncode == 128 + signal.SIGTERM
    assert said.endswith("interrupted; nothing was left half done\n")
    assert list(temporary.iterdir()) == []
