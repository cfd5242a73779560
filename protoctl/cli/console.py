"""What a person sees: data on standard output, everything else on standard error, colour only on a terminal."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import IO, TYPE_CHECKING

from protoctl.cli.live import LiveLine, is_lively
from protoctl.errors import MachineError
from protoctl.kit.text import printable
from protoctl.model.event import Level

if TYPE_CHECKING:
    from protoctl.errors import ProtoctlError
    from protoctl.model.event import Event

STYLES = {Level.STEP: "1", Level.NOTE: "2", Level.WARNING: "33"}
"""ANSI codes: bold, dim, yellow."""


def open_streams() -> None:
    """Make all three standard streams usable, also where the caller closed them or they cannot spell a character.

    A file that is opened takes the lowest free number: without this, the next one would become standard output.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115  as long as this process
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


@cache
def live_line() -> LiveLine | None:
    """Give the line that moves while a step runs; None where lines stay."""
    return LiveLine(sys.stderr) if is_lively(sys.stderr, os.environ) else None


def emit(event: Event) -> None:
    """Draw an event as one line, or what moves below it."""
    line = live_line()
    if event.level is Level.PROGRESS:
        if line:
            line.advance(event)
        return
    text = f"warning: {event.text}" if event.level is Level.WARNING else event.text
    if sys.stderr.isatty() and "NO_COLOR" not in os.environ:
        text = f"\x1b[{STYLES[event.level]}m{text}\x1b[0m"
    complain(text, is_step=event.level is Level.STEP)


def complain(text: str, *, is_step: bool = False) -> None:
    """Print what is no data; that nobody hears it stops nothing."""
    line = live_line()
    try:
        if line is None:
            print(text, file=sys.stderr, flush=True)
        elif is_step:
            line.begin(text)
        else:
            line.print(text)
    except OSError:
        silence(sys.stderr)


def report(error: ProtoctlError) -> None:
    """Print what failed, where, what was said about it and what to do."""
    settle()
    lines = f"error: {error}".split("\n")
    complain("\n".join(map(printable, lines)))  # what tools say may hold what terminals obey


def settle() -> None:
    """Leave nothing that moves on the terminal."""
    line = live_line()
    if line:
        line.close()


def say(text: str) -> None:
    """Print data; a reader that has enough is no fault. Raises MachineError when they cannot be written."""
    settle()
    try:
        print(text, flush=True)
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        raise MachineError(f"cannot write standard output: {error.strerror}") from error


def silence(stream: IO[str]) -> None:
    """Send nowhere what is still in a stream and what follows."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
