"""What a way of numbering releases answers; `semver` and `calendar` are the two there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from protoctl.model.change import Change
    from protoctl.versioning.release import Release


class Scheme(Protocol):
    """How versions follow each other, and what a requirement on one of them may take."""

    @property
    def has_lines(self) -> bool:
        """Whether a number shows a break, so that older numbers can go on beside newer ones."""
        ...

    def next_release(self, last: Release | None, change: Change, taken: Collection[Release]) -> Release | None:
        """Give the final release that follows, not among those taken; None when nothing changed.

        `last` is the highest final release that consumers can still get, None when there is none; `taken` also holds
        what was withdrawn. The result is higher than `last`. Raises UsageError for numbers that npm cannot read.
        """
        ...

    def is_inside(self, old: Release, new: Release) -> bool:
        """Tell whether the requirement written for `old` can be met by `new`."""
        ...

    def python_bound(self, release: Release) -> str:
        """Give the specifiers that follow a sibling's name in `Requires-Dist`, like `>=1.2.0,<2`."""
        ...

    def npm_bound(self, release: Release) -> str:
        """Give the range of a sibling in `dependencies`, like `^1.2.0`."""
        ...
