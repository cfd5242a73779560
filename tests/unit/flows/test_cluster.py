"""Whose results are for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample

from protoctl.errors import ConfigurationError, UsageError
from protoctl.flows.cluster import find_cluster, may_write
from protoctl.flows.session import Options, Session
from protoctl.kit.background import run_within
from protoctl.model.configuration import CacheTable, Configuration, WorkspaceTable
from protoctl.model.event import silent
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"CI": ""}, False),
        ({"CI": "false"}, False),
        ({"CI": "0"}, False),
        ({"CI": "true"}, True),
        ({"CI": "1"}, True),
        ({"JENKINS_URL": "https://jenkins.example/"}, True),
        ({"CI": "true", "PROTOCTL_CACHE_WRITE": "never"}, False),
        ({"PROTOCTL_CACHE_WRITE": "always"}, True),
        ({"PROTOCTL_CACHE_WRITE": ""}, False),
    ],
)
def test_only_ci_gives_unless_somebody_says_so(environment: dict[str, str], *, expected: bool) -> None:
    assert may_write(CacheTable(), environment) is expected


def test_the_configuration_decides_for_all() -> None:
    assert may_write(CacheTable(write="always"), {})
    assert not may_write(CacheTable(write="never"), {"CI": "true"})


def test_another_word_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="PROTOCTL_CACHE_WRITE"):
        may_write(CacheTable(), {"PROTOCTL_CACHE_WRITE": "yes"})


def test_without_an_address_there_is_no_cluster() -> None:
    assert find_cluster(CacheTable(), {}, silent) is None
    assert find_cluster(CacheTable(remote="grpcs://cache.example"), {}, silent) is not None


def test_packages_do_not_depend_on_where_results_are_kept() -> None:
    plain = Configuration(WorkspaceTable("acme", ("acme/*",)))
    shared = Configuration(WorkspaceTable("acme", ("acme/*",)), cache=CacheTable(remote="grpcs://cache.example"))
    assert shared != plain
    assert shared.of_packages == plain.of_packages == plain


def test_whoever_asks_for_the_runner_first_gets_an_answer(tmp_path: Path) -> None:
    """The runner needs the cluster, and both are made once for all sessions beside each other."""
    root = copy_sample(tmp_path / "acme")
    with (root / "protoctl.toml").open("a") as stream:
        stream.write('\n[cache]\nremote = "grpcs://cache.example"\n')
    session = Session(discover(root), Options(cache=tmp_path, runner="remote"), silent)
    with pytest.raises(UsageError, match="no image"):
        run_within(30, lambda: session.runner)
    assert session.cluster is session.shared.cluster
    beside = Session(session.workspace, session.options, silent, session.shared)
    assert beside.cluster is session.cluster
    session.close()
    assert session.cluster
    assert session.cluster.is_lost


def test_offline_there_is_no_cluster(tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    with (root / "protoctl.toml").open("a") as stream:
        stream.write('\n[cache]\nremote = "grpcs://cache.example"\n')
    assert Session(discover(root), Options(cache=tmp_path, offline=True), silent).cluster is None
