"""What differs inside two files that should be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.archive import UnsafeArchiveError, read_gzip, read_tar, read_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 512 << 20
"""Bytes of all files of a package."""
MOST = 10
"""Files that are named."""


def compare_contents(name: str, ours: bytes, theirs: bytes) -> list[str]:
    """Give a line for each file that only one of two packages has or that differs, sorted, the first of them.

    What can only be told by their packing, or cannot be opened, is one line.
    """
    try:
        mine, others = read_package(name, ours), read_package(name, theirs)
    except UnsafeArchiveError as error:
        return [f"what is there cannot be opened: {error}"]
    lines = list(differences(mine, others))
    more = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return lines[:MOST] + more or ["the same files, packed otherwise: another Python or zlib packed them"]


def read_package(name: str, data: bytes) -> dict[str, bytes]:
    """Give path → content of a package; raises UnsafeArchiveError."""
    if name.endswith(".whl"):
        return read_zip(data, limit=LIMIT)
    return read_tar(read_gzip(data, limit=LIMIT), limit=LIMIT)


def differences(mine: dict[str, bytes], others: dict[str, bytes]) -> Iterator[str]:
    """Give a line for each path that is not the same on both sides."""
    for path in sorted(mine.keys() | others.keys()):
        if path not in others:
            yield f"only here: {path}"
        elif path not in mine:
            yield f"only there: {path}"
        elif mine[path] != others[path]:
            yield f"differs: {path}"
