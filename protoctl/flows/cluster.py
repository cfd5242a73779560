"""The cluster that the configuration names, if any, and what may be done there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError
from protoctl.kit.ci import is_ci

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.cluster.cluster import Cluster
    from protoctl.flows.session import Session
    from protoctl.kit.trace import Trace
    from protoctl.model.configuration import CacheTable
    from protoctl.model.event import Emit
    from protoctl.model.runner import ResultStore, Runner

REMOTE = "protoctl.toml: cache.remote"
WRITE = "PROTOCTL_CACHE_WRITE"
"""Says for one machine what `cache.write` says for all."""
CHOICES = ("ci", "always", "never")


def find_cluster(table: CacheTable, environment: Mapping[str, str], emit: Emit) -> Cluster | None:
    """Give the configured cluster, which is not asked yet; raises ConfigurationError."""
    if not table.remote:
        return None
    from protoctl.cluster.address import parse_address  # certificates and threads: only where there is a cluster
    from protoctl.cluster.cluster import Cluster, Place
    from protoctl.cluster.credentials import read_credentials

    address = parse_address(table.remote, REMOTE, plaintext=table.plaintext)
    return Cluster(Place(address, read_credentials(environment)), emit)


def share(near: ResultStore, cluster: Cluster, trace: Trace, *, writes: bool) -> ResultStore:
    """Give the store that asks the cluster for what the near one does not have."""
    from protoctl.cache.remote import SharedStore
    from protoctl.cache.uploads import Uploads

    return SharedStore(near, cluster, Uploads(cluster) if writes else None, trace)


def connect_runner(session: Session) -> Runner:
    """Give the runner on the configured cluster; raises UsageError where there is none, or no image for it."""
    from protoctl.runners.local import LocalRunner
    from protoctl.runners.remote import connect

    make_local = partial(LocalRunner, session.installer.install, "beside the cluster")
    return connect(session.cluster, session.lock, session.workspace.configuration.cache.platform, make_local)


def may_write(table: CacheTable, environment: Mapping[str, str]) -> bool:
    """Tell whether results made here are for others; raises ConfigurationError for a variable that says nothing."""
    choice = environment.get(WRITE) or table.write
    if choice not in CHOICES:
        raise ConfigurationError(f"{WRITE} is {choice!r}", hint=f"one of {', '.join(CHOICES)}")
    return choice == "always" or (choice == "ci" and is_ci(environment))
