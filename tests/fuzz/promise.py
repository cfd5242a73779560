"""What a parser promises, and whether it keeps that for some input."""

from __future__ import annotations

import resource
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

SECONDS = 2.0
"""Processor time that an input of a fuzzer, at most 100 kB, may take."""
MEMORY = 2 << 30
"""Bytes of address space for a process that fuzzes; who needs more has a MemoryError, which is no refusal."""


class BrokenPromiseError(AssertionError):
    """An input took too long."""


@dataclass(frozen=True)
class Parser:
    """A function of ours that reads what a stranger wrote."""

    name: str
    """As `--only` takes it; unique."""
    read: Callable[[bytes], object]
    """Reads it."""
    refusals: tuple[type[Exception], ...]
    """The only exceptions that it may raise, as its docstring declares."""
    seeds: Callable[[], list[bytes]]
    """Gives input that is read without complaint, to start from."""
    words: tuple[bytes, ...] = ()
    """Words of its language, inserted and repeated."""


def hold(parser: Parser, data: bytes) -> None:
    """Let a parser read some input; raises what it must not, and BrokenPromiseError when it takes too long."""

    def give_up(number: int, frame: FrameType | None) -> None:
        """Stop what runs."""
        del number, frame
        message = f"{parser.name} took more than {SECONDS:g} seconds for {len(data)} bytes"
        raise BrokenPromiseError(message)

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with suppress(*parser.refusals):
            parser.read(data)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_memory() -> None:
    """Bound the memory of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
