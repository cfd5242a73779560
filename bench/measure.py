"""Time, processor and memory of commands.

Time is taken with nobody watching, because watching costs time: memory is looked at in a run of its own. Of a command
that runs for long, one run gives both.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import IO, TYPE_CHECKING, Self

from bench.memory import watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Job:
    """What is measured."""

    commands: Sequence[Sequence[str]]
    """Argument lists, run one after another."""
    folder: Path
    """Where they run."""
    environment: Mapping[str, str]
    """All that they see."""
    limit: float | None = None
    """Seconds after which it is ended."""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    """Until the last command ended; the limit, where that ended it."""
    processor: float
    """Seconds of all processors, of all processes that were waited for."""
    peak: int = 0
    """The highest sum of bytes that its processes held at once; 0 where nobody watched or the system does not tell."""
    is_stopped: bool = False
    """Whether it was ended by its limit, so that it would have taken longer."""


def measure(job: Job, *, is_watched: bool = False) -> Cost:
    """Run a job; raises CalledProcessError with what a failed command said."""
    processor, peak = 0.0, 0
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        for argv in job.commands:
            process = start_process(job, argv, said)
            left = None if job.limit is None else job.limit - (time.perf_counter() - start)
            with Deadline(process.pid, left) as deadline:
                peak = max(peak, watch(process.pid) if is_watched else 0)
                status, usage = os.wait4(process.pid, 0)[1:]
            process.returncode = os.waitstatus_to_exitcode(status)
            processor += usage.ru_utime + usage.ru_stime
            if deadline.is_over:
                return Cost(time.perf_counter() - start, processor, peak, is_stopped=True)
            refuse_failure(process, said)
        return Cost(time.perf_counter() - start, processor, peak)


def start_process(job: Job, argv: Sequence[str], said: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a command; what it says goes into a file, so that it never waits for a reader."""
    return subprocess.Popen(
        argv,
        cwd=job.folder,
        env=job.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        start_new_session=True,  # so that its limit ends all that it started
    )


def refuse_failure(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    """Raise CalledProcessError when a command that ended failed."""
    if process.returncode:
        said.seek(0)
        raise subprocess.CalledProcessError(process.returncode, process.args, stderr=said.read())


class Deadline:
    """Ends a process and those of its group when it has run for too long."""

    def __init__(self, process: int, seconds: float | None) -> None:
        """Take the process and the seconds that it has; None is for ever."""
        self.process = process
        self.is_over = False
        self.timer = None if seconds is None else Timer(max(0, seconds), self.end)

    def __enter__(self) -> Self:
        """Begin to wait."""
        if self.timer:
            self.timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait no longer, and for nothing when whoever waits was interrupted: no terminal does that to its group."""
        if self.timer:
            self.timer.cancel()
            self.timer.join()
        if kind:
            self.kill()

    def end(self) -> None:
        """End them."""
        self.is_over = True
        self.kill()

    def kill(self) -> None:
        """Kill them."""
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
