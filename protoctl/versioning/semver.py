"""Semantic Versioning 2.0 (https://semver.org), with the field's usual rule below 1.0.0.

A break raises the first number that is not zero: 1.4.2 → 2.0.0, and 0.4.2 → 0.5.0. That is what Cargo's and npm's `^`
read, and what our own requirements on siblings are bounded by. Below 1.0.0 something new therefore raises the last
number, as a fix does: 0.4.2 → 0.4.3; as 0.5.0 it would be outside of what consumers of 0.4 allow, though nothing
breaks for them.

A preview is required exactly: later ones may come from other branches, and npm takes development releases for newer
than alphas and betas.

1.0.0 is a promise that no comparison can make, so it is only ever asked for (`versioning.request`).

A version that is taken by something withdrawn is passed over by raising the last number: 2.0.0 withdrawn → 2.0.1. The
range in which consumers look stays the same, and a yanked release makes no promise to be kept. When everything was
withdrawn, nothing is known of what its users have, and the next version is a break after the highest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from protoctl.model.change import Change
from protoctl.versioning.release import FIRST, parse_release, release_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from protoctl.versioning.release import Release


@dataclass(frozen=True)
class SemanticVersions:
    """The scheme `semver`: the number shows a break."""

    has_lines: bool = True
    """Old majors can go on."""

    def next_release(self, last: Release | None, change: Change, taken: Collection[Release]) -> Release | None:
        """Give the first free release that is at least the step above the last one; the first ever is 0.1.0."""
        if change is Change.NONE:
            return None
        numbers = {release.numbers for release in taken if release.is_final}
        if last is not None:
            start = step(last.numbers, change)
        elif numbers:
            start = step(max(numbers), Change.MAJOR)
        else:
            start = parse_release(FIRST).numbers
        return release_of(first_free(start, numbers))

    def is_inside(self, old: Release, new: Release) -> bool:
        """Tell whether the new one is not older than the old and below its breaking bound."""
        return old.version <= new.version < Version(old.breaking_bound)

    def python_bound(self, release: Release) -> str:
        """Give everything from the release to the first version that may break, like `>=1.2.0,<2`; previews exactly."""
        if not release.is_final:
            return f"=={release.python}"
        return f">={release.python},<{release.breaking_bound}"

    def npm_bound(self, release: Release) -> str:
        """Give the same range as npm writes it, like `^1.2.0`."""
        return f"^{release.npm}" if release.is_final else release.npm


def step(numbers: tuple[int, int, int], change: Change) -> tuple[int, int, int]:
    """Give the numbers after a change, which is not NONE."""
    major, minor, patch = numbers
    if change is Change.MAJOR:
        return (major + 1, 0, 0) if major else (0, minor + 1, 0)
    if change is Change.MINOR and major:
        return major, minor + 1, 0
    return major, minor, patch + 1


def first_free(numbers: tuple[int, int, int], taken: Collection[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Give the numbers with the last one raised until nobody has them."""
    major, minor, patch = numbers
    while (major, minor, patch) in taken:
        patch += 1
    return major, minor, patch
