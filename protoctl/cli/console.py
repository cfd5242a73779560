"""What a person sees: data on standard output, everything else on standard error, colour only on a terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from protoctl.model.event import Level

if TYPE_CHECKING:
    from protoctl.model.event import Event

STYLES = {Level.STEP: "1", Level.NOTE: "2", Level.WARNING: "33"}
"""ANSI codes: bold, dim, yellow."""


def emit(event: Event) -> None:
    """Draw an event as one line."""
    text = f"warning: {event.text}" if event.level is Level.WARNING else event.text
    if sys.stderr.isatty() and "NO_COLOR" not in os.environ:
        text = f"\x1b[{STYLES[event.level]}m{text}\x1b[0m"
    print(text, file=sys.stderr, flush=True)


def say(text: str) -> None:
    """Print data."""
    print(text)
