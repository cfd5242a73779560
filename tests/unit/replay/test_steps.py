"""Tags as versions and steps between them."""

from __future__ import annotations

import pytest
from packaging.version import Version
from replay.history import Tag
from replay.steps import Step, measure_step, order_tags, read_tag


def tag(name: str) -> Tag:
    """Give a tag without protos."""
    return Tag(name, "lightweight", {})


@pytest.mark.parametrize(
    ("name", "series", "version"),
    [
        ("1.2.3", "", "1.2.3"),
        ("v1.2", "", "1.2"),
        ("V5", "", "5"),
        ("1.12.19.3", "", "1.12.19.3"),
        ("v1.9.6-rc1", "", "1.9.6rc1"),
        ("1.0.0-alpha.1", "", "1.0.0a1"),
        ("1.0.0-SNAPSHOT.4", "", "1.0.0.dev0+snapshot.4"),
        ("1.0.0-next+build.5", "", "1.0.0.dev0+next"),
        ("release-1.2", "release-", "1.2"),
        ("api/v1.2.0", "api/", "1.2.0"),
        ("@acme/user@2.0.0", "@acme/user@", "2.0.0"),
        ("protobuf3-1.0", "protobuf3-", "1.0"),
    ],
)
def test_versions_are_read(name: str, series: str, version: str) -> None:
    release = read_tag(tag(name))
    assert release
    assert (release.series, release.version) == (series, Version(version))


@pytest.mark.parametrize("name", ["latest", "v", "2020-01-02", "release-2020-01-02", "deadbeef", "1.2.x", "rc"])
def test_other_tags_are_none(name: str) -> None:
    assert read_tag(tag(name)) is None


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("1.2.3", "2.0.0", Step.MAJOR),
        ("1!1.0", "2!0.1", Step.MAJOR),
        ("0.9.9", "1.0.0", Step.MAJOR),
        ("1.2.3", "1.3.0", Step.MINOR),
        ("1.2.3", "1.3.0rc1", Step.MINOR),
        ("1.2", "1.2.1", Step.PATCH),
        ("1.2.3", "1.2.3.1", Step.PATCH),
        ("1.2.3", "1.2.3.post1", Step.PATCH),
        ("0.1.0", "0.2.0", Step.ZERO_MINOR),
        ("0.1.0", "0.1.1", Step.ZERO_PATCH),
        ("1.2.0rc1", "1.2.0rc2", Step.PRERELEASE),
        ("1.2.0rc2", "1.2.0", Step.PRERELEASE),
        ("1.2.0rc2", "1.2.1", Step.PATCH),
    ],
)
def test_steps_are_measured(before: str, after: str, step: Step) -> None:
    assert measure_step(Version(before), Version(after)) is step


def test_order_is_that_of_versions() -> None:
    """Not that of names, nor of time; a version that is tagged twice counts once."""
    order = order_tags(map(tag, ["v1.10.0", "v1.9.0", "1.9.0", "v1.9.0-rc.2", "tools/v1.0", "nightly"]))
    assert {name: [one.tag.name for one in group] for name, group in order.series.items()} == {
        "": ["v1.9.0-rc.2", "1.9.0", "v1.10.0"],
        "tools/": ["tools/v1.0"],
    }
    assert order.refused == {"v1.9.0": "is 1.9.0 again, with the same protos", "nightly": "is no version"}
    assert [(one.tag.name, other.tag.name) for one, other in order.without_prereleases().pairs()] == [
        ("1.9.0", "v1.10.0")
    ]
