"""What a contender is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Job


class UnfairError(Exception):
    """A contender did not do what the others did."""


def nothing() -> None:
    """Leave everything as it is."""


@dataclass(frozen=True)
class Contender:
    """One line of a table."""

    name: str
    """As the table prints it."""
    job: Job
    """What is measured."""
    prepare: Callable[[], None] = nothing
    """Runs before each run, unmeasured."""
    check: Callable[[], None] = nothing
    """Runs after each run, unmeasured; raises UnfairError."""
    aim: float | None = None
    """Seconds that it should stay below."""
