"""What the file system tells of a file without reading it, and when that is enough to know that it is unchanged."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SLACK = 2_000_000_000
"""Nanoseconds of the coarsest clock that a file system has (FAT): what was changed later may change again unseen."""


class Stamp(Struct, frozen=True, array_like=True):
    """A file at one moment."""

    size: int
    """Bytes."""
    modified: int
    """Nanoseconds; programs may set it."""
    changed: int
    """Nanoseconds; set by the system with every write and rename, so that `modified` cannot lie."""
    inode: int
    """Another one after a rename over the file."""

    @property
    def newest(self) -> int:
        """The later of both times."""
        return max(self.modified, self.changed)


class Seen(Struct, frozen=True, array_like=True):
    """A file as it was read."""

    stamp: Stamp
    """Taken before it was read."""
    digest: str = ""
    """Of what was read, where the stamp alone does not prove that it is the same; empty where it does."""


def stamp_of(status: os.stat_result) -> Stamp:
    """Give the stamp in a status."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def read_stamps(paths: Iterable[Path]) -> dict[str, Stamp]:
    """Give path to stamp for the files that are there; of a link, that of what is read through it."""
    found = {}
    for path in paths:
        with suppress(OSError):
            found[str(path)] = stamp_of(path.stat())
    return found


def see(stamps: Mapping[str, Stamp], trusted: int, digest: Callable[[str], str]) -> dict[str, Seen]:
    """Give what is to be remembered: digests only of files that are not older than `trusted`."""
    return {path: Seen(stamp, digest(path) if stamp.newest >= trusted else "") for path, stamp in stamps.items()}


def find_doubts(stamps: Mapping[str, Stamp], seen: Mapping[str, Seen], trusted: int) -> list[str] | None:
    """Give the paths that have to be read, since their stamps prove nothing; None when something is surely another.

    `trusted` is what `trusted_time` gave when the files were seen.
    """
    if stamps.keys() != seen.keys():
        return None
    if any(stamp != seen[path].stamp for path, stamp in stamps.items()):
        return None
    return [path for path, stamp in stamps.items() if stamp.newest >= trusted]


def trusted_time(folder: Path, since: float) -> int:
    """Give the time before which a file must have been changed last so that its stamp proves that it is unchanged.

    By the clock of the folder's file system, of which this machine's may differ; `since` is `time.monotonic()` when the
    first stamp was taken. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".clock-", dir=folder)
    try:
        now = os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)
        Path(name).unlink()
    return now - int((time.monotonic() - since) * 1e9) - SLACK
