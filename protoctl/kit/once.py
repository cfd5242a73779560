"""Folders that are filled once, whoever asks first, and never seen half full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.cache_tag import mark_cache
from protoctl.kit.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCRATCH = ".new-"
"""How the name of a folder begins that is not complete yet."""


def make_once(target: Path, maker: str, fill: Callable[[Path], object]) -> Path:
    """Give the target, filled now unless it is there; it takes its name only when complete.

    The folder around it is marked as the cache of `maker`. Raises OSError, and what `fill` raises.
    """
    if target.is_dir():
        return target
    with scratch_folder(target.parent, SCRATCH) as fresh:
        mark_cache(target.parent, maker)
        fill(fresh)
        fresh.chmod(0o755)
        publish(fresh, target)
    return target


def publish(fresh: Path, target: Path) -> None:
    """Give a complete folder its name; another process may have been faster."""
    try:
        fresh.rename(target)
    except OSError:
        if not target.is_dir():
            raise
