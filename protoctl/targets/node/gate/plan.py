"""Which packages are tried together, with which versions of what others publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from protoctl.targets.node.gate.package import Package

LOWEST = "lowest"
NEWEST = "newest"


class Wish(NamedTuple):
    """What one package needs, the requirements of the packages that it needs included."""

    package: Package
    """The package to try."""
    packages: tuple[Package, ...]
    """Itself and those that come from files."""
    ranges: Mapping[str, tuple[str, ...]]
    """What others publish, sorted by name, to every range that has to fit."""
    requirers: Mapping[str, tuple[str, ...]]
    """The same names to the packages that require it."""


@dataclass(frozen=True)
class Setup:
    """Packages installed in one folder."""

    label: str
    """What the bounds were taken at: `lowest`, `newest`, or both when they are the same."""
    resolution: Mapping[str, str]
    """What others publish to the version, sorted by name."""
    tried: tuple[Package, ...]
    """The packages that are tried here."""
    packages: tuple[Package, ...]
    """All from files, sorted by name; no two have one name."""


def make_wish(package: Package, chosen: Mapping[tuple[str, str], Package]) -> Wish:
    """Give what a package needs, by what stands for the requirements (name and range) that files fulfil."""
    packages: dict[str, Package] = {}
    ranges: dict[str, set[str]] = {}
    requirers: dict[str, set[str]] = {}
    pending = [package]
    while pending:
        one = pending.pop()
        if one.name in packages:
            continue
        packages[one.name] = one
        for name, bound in one.requires.items():
            if (name, bound) in chosen:
                pending.append(chosen[name, bound])
            else:
                ranges.setdefault(name, set()).add(bound)
                requirers.setdefault(name, set()).add(one.name)
    return Wish(
        package,
        tuple(packages[name] for name in sorted(packages)),
        {name: tuple(sorted(ranges[name])) for name in sorted(ranges)},
        {name: tuple(sorted(requirers[name])) for name in sorted(requirers)},
    )


@dataclass
class Group:
    """A setup in the making."""

    resolution: dict[str, str]
    packages: dict[str, Package]
    tried: list[Package]

    def has_room(self, wish: Wish, versions: Mapping[str, str]) -> bool:
        """Tell whether a wish needs no other version of anything."""
        same_versions = all(self.resolution.get(name, version) == version for name, version in versions.items())
        return same_versions and all(self.packages.get(one.name, one) == one for one in wish.packages)

    def add(self, wish: Wish, versions: Mapping[str, str]) -> None:
        """Take a wish in."""
        self.resolution |= versions
        self.packages |= {one.name: one for one in wish.packages}
        self.tried.append(wish.package)


def make_setups(label: str, wishes: Iterable[tuple[Wish, Mapping[str, str]]]) -> list[Setup]:
    """Give few setups for packages, each with the versions chosen for it.

    A module whose bounds are lower than another's is tried at its own, not at the other's; two versions of one package
    never share a setup.
    """
    groups: list[Group] = []
    for wish, versions in wishes:
        group = next((one for one in groups if one.has_room(wish, versions)), None)
        if not group:
            group = Group({}, {}, [])
            groups.append(group)
        group.add(wish, versions)
    return [
        Setup(
            label,
            dict(sorted(group.resolution.items())),
            tuple(group.tried),
            tuple(group.packages[name] for name in sorted(group.packages)),
        )
        for group in groups
    ]


def merge_setups(lowest: Sequence[Setup], newest: Sequence[Setup]) -> list[Setup]:
    """Give all setups, one instead of two that differ in nothing but their label."""
    merged = []
    left = list(newest)
    for setup in lowest:
        same = next((one for one in left if is_same(one, setup)), None)
        if same:
            left.remove(same)
        merged.append(Setup(f"{LOWEST} and {NEWEST}", *fields(setup)) if same else setup)
    return [*merged, *left]


def is_same(one: Setup, other: Setup) -> bool:
    """Tell whether two setups hold the same and try the same."""
    return fields(one) == fields(other)


def fields(setup: Setup) -> tuple[Mapping[str, str], tuple[Package, ...], tuple[Package, ...]]:
    """Give all of a setup but its label."""
    return setup.resolution, setup.tried, setup.packages
