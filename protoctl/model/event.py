"""Progress as values: flows emit them, only the command line draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How much an event asks of its reader."""

    STEP = "step"
    NOTE = "note"
    WARNING = "warning"
    PROGRESS = "progress"
    """How far the step is; shown where a line can be drawn over, and nowhere else."""


@dataclass(frozen=True)
class Event:
    """Something a person may want to know while waiting."""

    text: str
    """One line without a full stop."""
    level: Level = Level.STEP
    """STEP says what runs now, NOTE what was chosen and why, WARNING what may need care."""
    done: int = 0
    """Parts of the step that are done; of PROGRESS only."""
    total: int = 0
    """All parts of the step; 0 where nobody knows."""


Emit = Callable[[Event], None]
"""Receives events in the order in which they happen; must not raise."""


def silent(event: Event) -> None:
    """Drop every event."""
