"""How much memory the programs that generate and pack may take together."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.kit.amounts import read_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "PROTOCTL_MEMORY"
PACKING = 4
"""The part of all that is for what packs: one in so many; the rest is for what generates."""
GROUP = Path("/sys/fs/cgroup/memory.max")
"""What a container may take (docs.kernel.org/admin-guide/cgroup-v2.html); absent or `max` where nothing bounds it."""


def memory_limit(environment: Mapping[str, str] = os.environ, group: Path = GROUP) -> int:
    """Give the bytes that `PROTOCTL_MEMORY` allows, like `800 MB`, else half of what there is; raises UsageError."""
    text = environment.get(VARIABLE, "").strip()
    if text:
        return read_amount(VARIABLE, text, "write bytes or a unit, like 800 MB or 2GiB")
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        most = min(most, int(group.read_text()))
    return most // 2


def packing_limit() -> int:
    """Give the bytes of all that are for what packs."""
    return memory_limit() // PACKING


def generating_limit() -> int:
    """Give the bytes of all that are for what generates."""
    return memory_limit() - packing_limit()
