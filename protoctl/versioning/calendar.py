"""Calendar versions `YYYY.M.N` (https://calver.org): year, month without a leading zero, a count from 0 in the month.

The number does not show a break, so no range of it protects anybody: packages require their siblings at exactly the
version that they were released with, and a release of a sibling releases its dependants. Consumers pin what they use,
or take all of a workspace's packages at once; what breaks is told by the changelog and `plan --check`. There are no
lines of older releases.

A clock that is behind the last release never leads backwards: the month of the last release goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.model.change import Change
from protoctl.versioning.release import release_of
from protoctl.versioning.semver import first_free

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from protoctl.versioning.release import Release


@dataclass(frozen=True)
class CalendarVersions:
    """The scheme `calendar`: the number shows when."""

    today: date
    """In whatever time zone the team lives; only the month matters."""
    has_lines: bool = False
    """A later number may or may not break."""

    def next_release(self, last: Release | None, change: Change, taken: Collection[Release]) -> Release | None:
        """Give the next release of this month, or of the last release's month when that is later."""
        if change is Change.NONE:
            return None
        start = (self.today.year, self.today.month, 0)
        numbers = {release.numbers for release in taken if release.is_final}
        if last is not None:
            major, minor, patch = last.numbers
            start = max(start, (major, minor, patch + 1))
        return release_of(first_free(start, numbers))

    def is_inside(self, old: Release, new: Release) -> bool:
        """Tell whether it is the same release."""
        return old == new

    def python_bound(self, release: Release) -> str:
        """Give exactly the release, like `==2026.11.0`."""
        return f"=={release.python}"

    def npm_bound(self, release: Release) -> str:
        """Give exactly the release, like `2026.11.0`."""
        return release.npm
