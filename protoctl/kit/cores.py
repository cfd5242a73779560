"""How many cores this process may use, which in a container are fewer than the machine has."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Microseconds and period that a container is granted (docs.kernel.org/admin-guide/cgroup-v2.html); `max` and a period
where nothing bounds it, absent outside of one."""


def core_count(quota: Path = QUOTA) -> int:
    """Give the cores that the scheduler lets this process run on, at most those that its control group grants."""
    most = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1  # Linux has it
    with suppress(OSError, ValueError):
        granted, period = map(int, quota.read_text().split())
        most = min(most, -(-granted // period))
    return most
