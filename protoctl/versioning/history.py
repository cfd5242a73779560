"""What indexes know of a module: which versions exist, and which of them is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import UsageError

if TYPE_CHECKING:
    from protoctl.versioning.line import Line
    from protoctl.versioning.release import Release


@dataclass(frozen=True)
class History:
    """The versions of one module, all its distributions taken together."""

    live: tuple[Release, ...] = ()
    """What consumers can get, final or not, in no order."""
    withdrawn: tuple[Release, ...] = ()
    """What was yanked or deprecated; the versions stay taken."""

    @property
    def taken(self) -> frozenset[Release]:
        """Every version that cannot be released again."""
        return frozenset(self.live + self.withdrawn)

    def last(self, line: Line | None = None) -> Release | None:
        """Give the highest final release that consumers can get, on one line or at all.

        Raises UsageError when releases exist and none of them is on the line.
        """
        finals = [release for release in self.live if release.is_final]
        found = [release for release in finals if line is None or line.has(release)]
        if line is not None and not found:
            newest = max(finals, key=lambda one: one.version, default=None)
            hint = f"the newest release is {newest.python}" if newest else "nothing is released yet"
            raise UsageError(f"no release is on the line {line}", hint=f"{hint}; leave the line out")
        return max(found, key=lambda one: one.version, default=None)
