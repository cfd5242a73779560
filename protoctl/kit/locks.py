"""Locks on folders, which the system drops when their holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_SECONDS = 5
"""For a lock to become free; whoever holds one renames two folders meanwhile."""
LOCK_PAUSE = 0.01
"""Seconds between two tries: a lock cannot be waited for with a limit."""


@contextmanager
def locked(folder: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold a folder's lock, after whoever has it; the system drops it when its holder dies.

    Raises MachineError, which names the holder, when it is not free within `seconds`.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + seconds
        while not is_lock_taken(descriptor):
            if time.monotonic() > deadline:
                raise held_lock(folder, descriptor)
            time.sleep(LOCK_PAUSE)
        yield
    finally:
        os.close(descriptor)


def is_lock_taken(descriptor: int) -> bool:
    """Try to take a lock; a network file system without locks serves one process at a time."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def held_lock(folder: Path, descriptor: int) -> MachineError:
    """Give the error for a lock that does not become free; Linux tells who holds it (proc_locks(5))."""
    place = os.fstat(descriptor)
    name = f"{os.major(place.st_dev):02x}:{os.minor(place.st_dev):02x}:{place.st_ino}"
    holders: list[str] = []
    with suppress(OSError):
        lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        holders = [words[4] for words in lines if words[1] == "FLOCK" and words[5] == name]
    who = f"process {', '.join(holders)}" if holders else "another process"
    return MachineError(f"{folder} is locked by {who}", hint="wait for it, or end it, and run again")
