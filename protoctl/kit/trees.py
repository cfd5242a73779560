"""Folders that others read while they change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from protoctl.kit.files import read_tree, recover_folder, replaced_folder, write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMPILED = "__pycache__"
"""Folders that Python adds."""
SECOND = 10**9
"""Nanoseconds."""


def replace_tree(target: Path, files: Mapping[str, bytes]) -> bool:
    """Let a folder hold these files by path and nothing else, in one exchange; False when it did already.

    A file that stays as it is keeps its time. Another is at least a second younger than the one whose place it takes,
    for Python knows by second and size whether compiled code is current
    (https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation).
    """
    recover_folder(target)
    old = {path: data for path, data in read_tree(target).items() if COMPILED not in path.split("/")}
    if old == files:
        return False
    with replaced_folder(target) as fresh:
        write_tree(fresh, files)
        for path in old.keys() & files.keys():
            before, new = (target / path).stat().st_mtime_ns, (fresh / path).stat().st_mtime_ns
            time = before if old[path] == files[path] else max(new, before + SECOND)
            os.utime(fresh / path, ns=(time, time))
    return True
