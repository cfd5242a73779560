"""Whose container it is, so that one that outlived a killed build is found by the next."""

from __future__ import annotations

import os
import platform
from pathlib import Path

RUN = "protoctl.run"
"""Label of every container of ours: a random identifier."""
OWNER = "protoctl.pid"
"""Label that names the process that waits for it: `<pid>@<machine>`."""
LONGEST_LIFE = 3600
"""Seconds; the image's entry point ends long before, so that what is older has no owner."""


def owner_label() -> str:
    """Give the value of OWNER for this process."""
    return f"{os.getpid()}@{machine()}"


def machine() -> str:
    """Give what makes a process number unique: this boot and, since CI agents are containers, its pid namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return platform.node()


def is_orphan(owner: str, age: float) -> bool:
    """Tell whether nobody waits for a container with this OWNER label any more, `age` seconds after its creation.

    An engine may serve several machines; a process of another one is only judged by age.
    """
    number, _, place = owner.partition("@")
    return age > LONGEST_LIFE or (place == machine() and number.isdecimal() and not is_alive(int(number)))


def is_alive(pid: int) -> bool:
    """Tell whether a process exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
