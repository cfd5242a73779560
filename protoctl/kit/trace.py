"""Where the time of a run goes: spans with a beginning and an end, noted by several threads."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Span:
    """Something that took time."""

    name: str
    """What it was, like `compile`; the same for all of its kind."""
    detail: str
    """Which one of its kind, like a module; may be empty."""
    begin: float
    """Seconds since the trace began."""
    end: float
    """Seconds since the trace began."""
    track: str
    """Where it happened: a thread of this process, or programs that were started."""


class Trace:
    """Spans of one run, in the order in which they ended."""

    def __init__(self) -> None:
        """Begin now."""
        self.start = time.perf_counter()
        self.spans: list[Span] = []

    @contextmanager
    def span(self, name: str, detail: str = "") -> Iterator[None]:
        """Note how long something takes, also when it fails."""
        begin = self.now()
        try:
            yield
        finally:
            self.spans.append(Span(name, detail, begin, self.now(), threading.current_thread().name))

    def note(self, name: str, detail: str, seconds: float) -> None:
        """Note what a program did that has just ended."""
        end = self.now()
        self.spans.append(Span(name, detail, end - seconds, end, "programs"))

    def now(self) -> float:
        """Give the seconds since the trace began."""
        return time.perf_counter() - self.start
