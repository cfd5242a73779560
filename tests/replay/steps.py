"""Tags as versions: their order, and how far a person stepped from one to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from protoctl.model.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replay.history import Tag

START = re.compile(r"(?:^|(?<=[^0-9A-Za-z.]))[vV]?(?=\d)")
"""Where a version may begin: at the start, or after the name of what it numbers, as in `api/v1.2`."""
SERIES = re.compile(r"|.*[A-Za-z][0-9A-Za-z]*[^0-9A-Za-z]+")
"""The name of what is numbered; a date cut in two is none."""
SEMVER = re.compile(r"(?P<core>\d+\.\d+\.\d+)-(?P<before>[0-9A-Za-z.-]+)(?:\+.*)?")
"""A pre-release in the words of semver.org, which PEP 440 may not know."""
SEGMENTS = 3
"""Segments of a release that are told apart; further ones count as its last."""


class Step(Enum):
    """How far a person stepped from one version to the next, and what the number promises."""

    MAJOR = "major"
    """Anything may change."""
    MINOR = "minor"
    """Nothing stops working."""
    PATCH = "patch"
    """Nothing new."""
    ZERO_MINOR = "0.minor"
    """Below 1.0.0, where the second number counts as the first one later."""
    ZERO_PATCH = "0.patch"
    """Below 1.0.0: nothing stops working."""
    PRERELEASE = "pre-release"
    """From or between pre-releases of one version, which promise nothing."""

    @property
    def permits(self) -> Change | None:
        """The largest change that the number announces, None when it announces nothing."""
        return PERMITTED.get(self)


PERMITTED = {
    Step.MAJOR: Change.MAJOR,
    Step.ZERO_MINOR: Change.MAJOR,
    Step.MINOR: Change.MINOR,
    Step.ZERO_PATCH: Change.MINOR,
    Step.PATCH: Change.PATCH,
}


@dataclass(frozen=True)
class Release:
    """A tag that is a version."""

    tag: Tag
    """As the repository has it."""
    series: str
    """What it numbers, empty where the repository numbers one thing."""
    version: Version
    """Its number; `1.0.0-rc.1` and `v1.0.0rc1` are equal."""


@dataclass(frozen=True)
class Order:
    """The tags of a repository in the order of their versions."""

    series: dict[str, list[Release]]
    """What is numbered to its releases, ascending, each version once."""
    refused: dict[str, str]
    """Name of a tag to the reason why it stands nowhere."""

    def pairs(self) -> list[tuple[Release, Release]]:
        """Give every two neighbours of all series."""
        return [pair for releases in self.series.values() for pair in pairwise(releases)]

    def without_prereleases(self) -> Order:
        """Give the order of what was released for good."""
        finals = {name: [one for one in group if not one.version.is_prerelease] for name, group in self.series.items()}
        return Order(finals, self.refused)


def order_tags(tags: Iterable[Tag]) -> Order:
    """Order tags by version as PEP 440 does; `-alpha.1` and its like come before their release, as at semver.org."""
    found: dict[str, dict[Version, Release]] = {}
    refused = {}
    for tag in sorted(tags, key=lambda one: one.name):
        release = read_tag(tag)
        if not release:
            refused[tag.name] = "is no version"
            continue
        known = found.setdefault(release.series, {}).setdefault(release.version, release)
        if known is not release:
            same = "the same protos" if known.tag.protos == tag.protos else "other protos"
            refused[tag.name] = f"is {known.tag.name} again, with {same}"
    return Order({name: [group[one] for one in sorted(group)] for name, group in sorted(found.items())}, refused)


def read_tag(tag: Tag) -> Release | None:
    """Give the version that a tag names, if it names one."""
    for match in START.finditer(tag.name):
        series, version = tag.name[: match.start()], read_version(tag.name[match.end() :])
        if version and SERIES.fullmatch(series):
            return Release(tag, series, version)
    return None


def read_version(text: str) -> Version | None:
    """Give a version for what PEP 440 or semver.org takes for one."""
    semver = SEMVER.fullmatch(text)
    candidates = [text, f"{semver['core']}.dev0+{semver['before']}" if semver else ""]
    for candidate in candidates:
        try:
            return Version(candidate)
        except InvalidVersion:
            continue
    return None


def measure_step(before: Version, after: Version) -> Step:
    """Give the step between two versions of which the second is higher."""
    old, new = (list(one.release[:SEGMENTS]) + [0] * (SEGMENTS - len(one.release)) for one in (before, after))
    if before.epoch != after.epoch:
        return Step.MAJOR
    if old == new and before.is_prerelease:
        return Step.PRERELEASE
    place = next((at for at in range(SEGMENTS) if old[at] != new[at]), SEGMENTS - 1)
    if new[0] == 0:
        return Step.ZERO_MINOR if place == 1 else Step.ZERO_PATCH
    return (Step.MAJOR, Step.MINOR, Step.PATCH)[place]
