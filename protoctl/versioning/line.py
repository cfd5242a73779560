"""Lines of releases: an old major that still gets fixes while a newer one exists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import UsageError

if TYPE_CHECKING:
    from protoctl.versioning.release import Release

LINE = re.compile(r"v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.[xX*])?")


@dataclass(frozen=True)
class Line:
    """Releases that share their first numbers, among which nothing breaks."""

    numbers: tuple[int, ...]
    """`(1,)` for 1.x, `(0, 3)` for 0.3.x, `(1, 4)` for 1.4.x."""

    def __str__(self) -> str:
        """Give it as people write it, like `1.x`."""
        return ".".join([*map(str, self.numbers), "x"])

    @property
    def dist_tag(self) -> str:
        """Npm's name for its newest release, like `line-1` or `line-0.3`; a bare number would read as a range."""
        return f"line-{'.'.join(map(str, self.numbers))}"

    def has(self, release: Release) -> bool:
        """Tell whether a release belongs to it."""
        return release.numbers[: len(self.numbers)] == self.numbers


def parse_line(text: str) -> Line:
    """Give the line written as `1`, `1.x`, `0.3` or `1.4.x`; raises UsageError for anything else."""
    match = LINE.fullmatch(text.strip())
    if not match:
        raise UsageError(f"{text!r} is no release line", hint="write 1.x, or 0.3.x below 1.0.0")
    numbers = tuple(int(part) for part in match.groups() if part is not None)
    if numbers == (0,):
        raise UsageError(f"{text} is no release line: below 1.0.0 every minor may break", hint="write 0.3.x")
    return Line(numbers)
