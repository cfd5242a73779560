"""What most flows begin with: the workspace, its lock, the toolchain, a runner and the store of results."""

from __future__ import annotations

import os
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import RLock as Guard
from typing import TYPE_CHECKING

from protoctl.cache.results import FolderStore
from protoctl.errors import LockError
from protoctl.flows.cluster import connect_runner, find_cluster, may_write, share
from protoctl.kit.trace import Trace
from protoctl.model.event import Event, Level
from protoctl.model.toolchain import PROTOS, Lock
from protoctl.toolchain.install import Installer
from protoctl.toolchain.lock_file import component_digest, find_drift, read_lock, write_lock

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.cluster.cluster import Cluster
    from protoctl.model.event import Emit
    from protoctl.model.runner import ResultStore, Runner
    from protoctl.model.workspace import Workspace


@dataclass(frozen=True)
class Options:
    """How a flow may work."""

    cache: Path
    """The user's cache folder."""
    runner: str = "auto"
    """`auto`, `docker`, `local` or `remote`."""
    frozen: bool = False
    """Whether the lock must be current."""
    offline: bool = False
    """Whether the network is out of bounds."""
    trace: Trace = field(default_factory=Trace, compare=False)
    """Where the time goes."""


class Shared:
    """What sessions beside or after each other have in common, also when they work at the same time."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.guard = Guard()
        self.runner: Runner | None = None
        self.cluster: Cluster | None = None

    def rest(self) -> None:
        """Give back what runs; a cluster that was given up stays given up."""
        if self.runner:
            self.runner.close()
        self.runner = None

    def close(self) -> None:
        """Give back what runs and who is listened to; another run begins anew."""
        self.rest()
        if self.cluster:
            self.cluster.close()


class Session:
    """The tools of one flow, each made on first use."""

    def __init__(self, workspace: Workspace, options: Options, emit: Emit, shared: Shared | None = None) -> None:
        """Take the workspace, the options, where to report progress, and what it shares with others."""
        self.workspace = workspace
        self.options = options
        self.emit = emit
        self.shared = shared or Shared()
        self.trace = options.trace

    @cached_property
    def lock(self) -> Lock:
        """The lock, current; written now when it is not, unless frozen or offline."""
        return current_lock(self.workspace, self.options, self.emit)

    @cached_property
    def installer(self) -> Installer:
        """The installed toolchain."""
        return Installer(self.workspace.root, self.lock, self.options.cache, self.emit, offline=self.options.offline)

    @cached_property
    def runner(self) -> Runner:
        """Where invocations run; says which and why, once for all sessions beside each other."""
        from protoctl.runners.select import select_runner  # no runner is needed when nothing changed

        with self.shared.guard:
            if self.shared.runner is None:
                name, install = self.options.runner, self.installer.install
                remote = partial(connect_runner, self)
                runner = select_runner(name, self.lock, install, offline=self.options.offline, remote=remote)
                self.emit(Event(f"runner: {runner.name} ({runner.reason})", Level.NOTE))
                self.shared.runner = runner
            return self.shared.runner

    @cached_property
    def store(self) -> ResultStore:
        """Results of earlier invocations, of others too where a cluster is configured."""
        near = FolderStore(self.options.cache, self.emit)
        return near if not self.cluster else share(near, self.cluster, self.trace, writes=self.is_giving)

    @cached_property
    def cluster(self) -> Cluster | None:
        """The configured cluster."""
        with self.shared.guard:
            if self.shared.cluster:
                self.shared.cluster.begin(self.emit)
            elif not self.options.offline:
                self.shared.cluster = find_cluster(self.workspace.configuration.cache, os.environ, self.emit)
            return self.shared.cluster

    @property
    def is_giving(self) -> bool:
        """Whether results of this machine are for others."""
        return may_write(self.workspace.configuration.cache, os.environ)

    def close(self) -> None:
        """Give back what runs; another run starts it again."""
        self.shared.close()

    def beside(self, workspace: Workspace) -> Session:
        """Give a session that compiles other protos with the tools of this one."""
        lock, installer, store = self.lock, self.installer, self.store
        other = copy(self)
        other.lock, other.installer, other.store = lock, installer, store
        other.workspace = workspace
        return other

    def component_digest(self, component: str) -> str:
        """Give the digest of a part of the toolchain."""
        return component_digest(self.lock, component)

    def foreign_protos(self) -> dict[str, bytes]:
        """Give the protos of other distributions by import path."""
        if not self.workspace.configuration.dependencies:
            return {}
        return read_foreign(self.installer.install(PROTOS))


def read_foreign(component: Path) -> dict[str, bytes]:
    """Give the protos in an installed component by import path."""
    from protoctl.workspace.known_owners import REGISTERED  # only when something is compiled

    site = component / "site"
    found = {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*.proto"))}
    return {REGISTERED.get(path, path): data for path, data in found.items()}


def current_lock(workspace: Workspace, options: Options, emit: Emit) -> Lock:
    """Give a lock that fits; raises LockError when it does not and must not be written."""
    lock = read_lock(workspace.root)
    drift = find_drift(lock, workspace.configuration, workspace.root) if lock else "there is none"
    if lock and not drift:
        return lock
    if options.frozen or options.offline:
        raise LockError(f"protoctl.lock is not current: {drift}", hint="run `protoctl lock` and commit what it writes")
    emit(Event(f"protoctl.lock is not current ({drift}); resolving the toolchain"))
    from protoctl.toolchain.resolve import resolve  # hardly ever needed

    lock, files = resolve(workspace.root, workspace.configuration, lock, upgrade=False)
    write_lock(workspace.root, lock, files)
    return lock
