"""The line at the bottom of a terminal that moves while a step runs; everything else is printed above it."""

from __future__ import annotations

from contextlib import suppress
from threading import RLock, Timer
from typing import IO, TYPE_CHECKING

from protoctl.kit.background import start_deaf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.progress import Progress

    from protoctl.model.event import Event

PATIENCE = 0.5
"""Seconds that a step may last before it is worth a line; most commands have ended by then, and need no rich."""
WIDE = 60
"""Columns that a terminal needs for a bar and words; a narrower one has time and count."""


def is_lively(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Tell whether a stream is a terminal that redraws a line, and nobody asked for plain ones."""
    is_plain = environment.get("CI") or "NO_COLOR" in environment or environment.get("TERM", "dumb") == "dumb"
    return not is_plain and stream.isatty()


class LiveLine:
    """A spinner, how long the step takes, and how far it is where that is known."""

    def __init__(self, stream: IO[str]) -> None:
        """Take a terminal; nothing is drawn before a step takes its time."""
        self.stream = stream
        self.guard = RLock()
        self.timer: Timer | None = None
        self.progress: Progress | None = None
        self.known: Event | None = None

    def begin(self, text: str) -> None:
        """Print a step, and begin to show how long it takes; what is not finished goes on through several steps."""
        self.print(text)
        with self.guard:
            if self.known is None or self.known.done >= self.known.total:
                self.known = None
                self.renew()
            if self.timer is None:
                self.timer = Timer(PATIENCE, self.open)
                self.timer.daemon = True
                start_deaf(self.timer)

    def advance(self, event: Event) -> None:
        """Show how far the step is."""
        with self.guard:
            self.known = event
            self.draw()

    def print(self, text: str) -> None:
        """Print lines above the moving one; raises OSError."""
        with self.guard:
            if self.progress is None:
                print(text, file=self.stream, flush=True)
            else:
                from rich.text import Text

                self.progress.console.print(Text.from_ansi(text), soft_wrap=True)

    def open(self) -> None:
        """Draw the line from now on, unless it was closed meanwhile."""
        progress = make_progress(self.stream)
        with self.guard, suppress(OSError):
            if self.timer is None:
                return
            self.progress = progress
            self.renew()
            progress.start()
            progress.console.show_cursor()  # rich hides it, and a process that is killed does not bring it back

    def renew(self) -> None:
        """Begin to count anew."""
        if self.progress:
            for task in self.progress.task_ids:
                self.progress.remove_task(task)
            self.progress.add_task("", total=None, count="")
            self.draw()

    def draw(self) -> None:
        """Show what is known."""
        if self.progress and self.known:
            (task,) = self.progress.task_ids
            done, total = self.known.done, self.known.total
            count = f"{done}/{total}" if total else ""
            self.progress.update(task, completed=done, total=total or None, count=count, description=self.known.text)

    def close(self) -> None:
        """Remove the line; the next step begins another."""
        with self.guard, suppress(OSError):
            timer, progress = self.timer, self.progress
            self.timer = self.progress = self.known = None
            if timer:
                timer.cancel()
            if progress:
                progress.stop()


def make_progress(stream: IO[str]) -> Progress:
    """Give what draws the line, within the width of the terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    console = Console(file=stream, highlight=False)
    columns = [SpinnerColumn("line"), TimeElapsedColumn(), TextColumn("{task.fields[count]}", markup=False)]
    if console.width >= WIDE:
        words = Column(no_wrap=True, overflow="ellipsis")
        columns += [BarColumn(bar_width=20), TextColumn("{task.description}", markup=False, table_column=words)]
    return Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
