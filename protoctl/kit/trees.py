"""Folders that others read while they change."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from protoctl.kit.files import current_umask, read_tree, recover_folder, scratch_prefix, swap_folder, write_tree
from protoctl.kit.locks import locked
from protoctl.kit.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMPILED = "__pycache__"
"""Folders that Python adds."""
SECOND = 10**9
"""Nanoseconds."""


def replace_tree(target: Path, files: Mapping[str, bytes], attic: Path | None = None) -> bool:
    """Let a folder hold these files by path and nothing else, in one exchange; False when it did already.

    What it held is gone, or in the attic until next time, which is on the same file system: whoever began to list the
    old folder ends with all of it. A file that stays as it is keeps its time.
    """
    recover_folder(target)
    old = {path: data for path, data in read_tree(target).items() if COMPILED not in path.split("/")}
    if old == files:
        return False
    with scratch_folder(target.parent, scratch_prefix(target)) as fresh:
        fresh.chmod(0o777 & ~current_umask())
        write_tree(fresh, files)
        set_times(target, old, fresh, files)
        with locked(target.parent):
            swap_folder(fresh, target)
        if attic and fresh.exists():
            put_away(fresh, attic)
    return True


def set_times(target: Path, old: Mapping[str, bytes], fresh: Path, files: Mapping[str, bytes]) -> None:
    """Let files that stay keep their time, and others be at least a second younger than those whose place they take.

    Python knows by second and size whether compiled code is current:
    https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
    """
    for path in old.keys() & files.keys():
        before, new = (target / path).stat().st_mtime_ns, (fresh / path).stat().st_mtime_ns
        time = before if old[path] == files[path] else max(new, before + SECOND)
        os.utime(fresh / path, ns=(time, time))


def put_away(folder: Path, attic: Path) -> None:
    """Move a folder to the attic in place of what is there; one that another just moved there may stay."""
    with suppress(OSError):
        attic.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(attic, ignore_errors=True)
        folder.rename(attic)
