"""What a contender is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Job


class UnfairError(Exception):
    """A contender did not do what the others did."""


class AbsentError(Exception):
    """A race cannot be run here; says what is missing."""


def nothing() -> None:
    """Leave everything as it is."""


@dataclass(frozen=True)
class Contender:
    """One line of a table."""

    key: str
    """Unique within its race; what aims and drawings name it by."""
    name: str
    """As the table prints it."""
    job: Job
    """What is measured."""
    prepare: Callable[[], None] = nothing
    """Runs before each run, unmeasured."""
    check: Callable[[], None] = nothing
    """Runs after each run that was not stopped, unmeasured; raises UnfairError."""
    is_elsewhere: bool = False
    """Whether others do its work, like an engine, so that only its time is known."""
