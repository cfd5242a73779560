"""A fault in one language ends the work on the others; and what others packed is not released."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample, fresh_cache

from protoctl.cluster.patience import Patience
from protoctl.cluster.results import ResultCache
from protoctl.errors import MachineError
from protoctl.flows.packages import make_packages
from protoctl.flows.session import Options, Session
from protoctl.flows.workshop import Order, Workshop
from protoctl.kit.archive import pack_tar
from protoctl.model.event import silent
from protoctl.targets import load_target, target_names
from protoctl.versioning.release import development_release, parse_release
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scripted_cluster import ScriptedCluster

    from protoctl.model.invocation import Invocation, Outcome
    from protoctl.model.runner import Runner


class FaultyRunner:
    """Compiles for real; fails on the first language, and works on the second until it is stopped."""

    name = "faulty"
    reason = "a fault is forced"

    def __init__(self, compiler: Runner) -> None:
        """Take what compiles."""
        self.compiler = compiler
        self.calls = 0
        self.is_waiting = threading.Event()
        self.is_stopped = threading.Event()
        self.lock = threading.Lock()

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Compile at the first call, then wait, then fail."""
        with self.lock:
            self.calls += 1
            call = self.calls
        if call == 1:
            return self.compiler.run(invocations)
        if call == 2:
            self.is_waiting.set()
            self.is_stopped.wait(30)
            raise MachineError("stopped")
        self.is_waiting.wait(30)
        raise MachineError("the fault")

    def stop(self) -> None:
        """Let the waiting call end."""
        self.is_stopped.set()

    def close(self) -> None:
        """Do nothing."""


def test_a_fault_in_one_language_stops_the_others(tmp_path: Path) -> None:
    workspace = discover(copy_sample(tmp_path / "acme"))
    session = Session(workspace, Options(cache=fresh_cache(tmp_path / "cache"), runner="local"), silent)
    runner = FaultyRunner(session.runner)
    session.__dict__["runner"] = runner
    targets = [load_target(name, workspace.configuration) for name in target_names()]
    releases = dict.fromkeys(workspace.modules, development_release("0.1.0"))
    order = Order(tuple(workspace.modules), targets, releases, b"")
    with pytest.raises(MachineError, match="the fault"):
        make_packages(session, order, tmp_path / "dist")
    assert runner.calls >= 3
    assert runner.is_stopped.is_set()
    assert not (tmp_path / "dist").exists()


def test_what_is_released_is_packed_here(
    script: ScriptedCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may write to a cluster decides what it gives; packages are not held to shapes again."""
    monkeypatch.setenv("PROTOCTL_CACHE_WRITE", "always")
    root = copy_sample(tmp_path / "acme")
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[cache]\nremote = "{script.address}"\n')
    workspace = discover(root)
    for release in (development_release("0.1.0"), parse_release("1.0.0")):
        name = f"cache-{release.python}"
        session = Session(workspace, Options(cache=fresh_cache(tmp_path / name), runner="local"), silent)
        releases = dict.fromkeys(workspace.modules, release)
        workshop = Workshop.open(session, Order(("common",), (), releases, b""))
        package = workshop.plan("common", load_target("python", workspace.configuration))
        assert session.cluster
        shared = ResultCache(session.cluster.blobs(Patience()))
        shared.write({workshop.key(package): pack_tar({"evil.whl": b""})})
        (made,) = workshop.make([package]).values()
        assert ("evil.whl" in made) is release.is_development
        session.store.finish()
        assert shared.read([workshop.key(package)]) == {workshop.key(package): pack_tar({"evil.whl": b""})}
