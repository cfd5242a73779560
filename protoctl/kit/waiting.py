"""Waiting for a condition that cannot be waited for otherwise: it is asked again and again, less and less often."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = 0.1
LONGEST = 3.0
"""Seconds between two questions."""


@dataclass(frozen=True)
class Pause:
    """Time between two questions."""

    seconds: float

    def take(self) -> None:
        """Let it pass."""
        time.sleep(self.seconds)


def pauses() -> Iterator[Pause]:
    """Give pauses without end, each twice as long as the last, up to three seconds."""
    seconds = FIRST
    while True:
        yield Pause(seconds)
        seconds = min(2 * seconds, LONGEST)
