"""Whose results are for others."""

from __future__ import annotations

import pytest

from protoctl.errors import ConfigurationError
from protoctl.flows.cluster import find_cluster, may_write
from protoctl.model.configuration import CacheTable, Configuration, WorkspaceTable
from protoctl.model.event import silent


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
