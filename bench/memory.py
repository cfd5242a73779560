"""The memory of a process and of all below it.

The PSS of all is added up every 10 ms; after two seconds the looks are a thirtieth of the time at most. PSS counts a
page that several processes share once, so that a contender that starts the same program several times is not charged
for its text several times. Pages shared with processes elsewhere, such as another Python, count in part.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
INTERVAL = 0.01
"""Seconds between two looks at the memory, at least."""
CLOSELY = 2.0
"""Seconds for which a command is looked at as often as that."""
REST = 30
"""How many times as long as the last look nobody looks, after that."""


def watch(root: int) -> int:
    """Give the highest sum of bytes that a process and those below it held at once, until it has ended.

    Gives 0 at once where the system does not tell.
    """
    if not (PROC / "self/smaps_rollup").exists():
        return 0
    start, highest, handle = time.perf_counter(), 0, os.pidfd_open(root)
    try:
        has_ended = False
        while not has_ended:
            begun = time.perf_counter()
            highest = max(highest, sum(map(held_bytes, family(root))))
            now = time.perf_counter()
            rest = INTERVAL if now - start < CLOSELY else max(INTERVAL, REST * (now - begun))
            has_ended = bool(select.select([handle], [], [], rest)[0])
    finally:
        os.close(handle)
    return highest


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
