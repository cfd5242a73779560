"""Time and memory of commands.

Time is taken with nobody watching. Memory is taken in runs of its own, because watching costs time: every 10 ms the
PSS of all processes below the command is added up. PSS counts a page that several processes share once, so that a
contender that starts the same program several times is not charged for its text several times. Pages shared with
processes elsewhere, such as another Python, count in part.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROC = Path("/proc")
INTERVAL = 0.01
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Job:
    """What is measured."""

    commands: Sequence[Sequence[str]]
    """Argument lists, run one after another."""
    folder: Path
    """Where they run."""
    environment: Mapping[str, str]
    """All that they see."""


def measure_time(job: Job) -> float:
    """Give the seconds until the last command ended; raises CalledProcessError with what a failed one said."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        for argv in job.commands:
            finish(start_process(job, argv, said), said)
        return time.perf_counter() - start


def measure_memory(job: Job) -> int:
    """Give the highest sum of bytes that the processes of the job held at once; 0 where the system does not tell."""
    highest = 0
    with tempfile.TemporaryFile() as said:
        for argv in job.commands:
            process = start_process(job, argv, said)
            while process.poll() is None:
                highest = max(highest, sum(map(held_bytes, family(process.pid))))
                time.sleep(INTERVAL)
            finish(process, said)
    return highest


def start_process(job: Job, argv: Sequence[str], said: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a command; what it says goes into a file, so that it never waits for a reader."""
    return subprocess.Popen(
        argv, cwd=job.folder, env=job.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
    )


def finish(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    """Wait for a command; raises CalledProcessError when it failed."""
    if process.wait():
        said.seek(0)
        raise subprocess.CalledProcessError(process.returncode, process.args, stderr=said.read())


def family(root: int) -> set[int]:
    """Give a process and all below it."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it ended since
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found, waiting = set(), [root]
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += children.get(process, [])
    return found


def held_bytes(process: int) -> int:
    """Give the PSS of a process in bytes, 0 when it has ended."""
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
