"""Keeps a folder of results under its limit: an account of what is there, and the least recently used go first.

The account is a number in a file. It may say too much (an entry that was written twice, a build that was killed), never
too little unless others put entries there (an older protoctl, a backup), and is set right whenever the folder is
walked: when the limit is reached, and once a day.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit.files import SCRATCH
from protoctl.kit.locks import LOCK_SECONDS, locked

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "size"
"""The file with the bytes of all entries."""
DIGITS = 20
"""Of each number of the account, which is written over."""
DAY = 86_400
"""Seconds for which an account is believed."""
KEPT = 0.8
"""Of the limit, once it was reached: so that the folder is walked once for each fifth of it that is written."""
NAME = re.compile(r"[0-9a-f]{64}")
"""Of an entry."""
FRESH = 3600
"""Seconds for which a use is not noted again."""


@dataclass(frozen=True)
class Entry:
    """A file of the folder."""

    used: int
    """Nanoseconds since the epoch; when it was written or last asked for."""
    path: Path
    """Where it is."""
    size: int
    """Bytes."""


@dataclass(frozen=True)
class Account:
    """What is there."""

    total: int
    """Bytes of all entries."""
    walked: int
    """When they were counted last; seconds since the epoch."""


class Room:
    """The bytes that the entries of one folder may take, whoever writes them."""

    def __init__(self, folder: Path, limit: int, patience: float = LOCK_SECONDS) -> None:
        """Take a folder of folders of entries, bytes, and the seconds to wait for others who make room."""
        self.folder = folder
        self.limit = limit
        self.patience = patience
        self.account = folder / ACCOUNT

    def take(self, size: int) -> bool:
        """Make room for a file of the folder that is about to become an entry, and tell whether there is.

        The file is there already: whoever walks the folder counts it. Raises OSError.
        """
        if size > self.limit:
            return False
        try:
            with locked(self.folder, self.patience):
                account = self.read()
                if not account or account.total + size > self.limit:
                    account = Account(self.clear(size), int(time.time()))
                if account.total + size > self.limit:
                    return False
                self.write(replace(account, total=account.total + size))
        except MachineError:  # whoever holds the lock is stopped or slow; the entry is not worth waiting for
            return False
        return True

    def read(self) -> Account | None:
        """Give the account, or None where there is none that can be believed."""
        try:
            total, walked = map(int, self.account.read_text().partition("\n")[0].split())
        except (OSError, ValueError):
            return None
        is_sound = total >= 0 and 0 <= time.time() - walked < DAY
        return Account(total, walked) if is_sound else None

    def write(self, account: Account) -> None:
        """Let the account say something else; in place, since a file that is cut off and filled anew is slow."""
        descriptor = os.open(self.account, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            os.pwrite(descriptor, f"{account.total:{DIGITS}} {account.walked:{DIGITS}}\n".encode(), 0)
        finally:
            os.close(descriptor)

    def clear(self, size: int) -> int:
        """Remove what was not used for longest when there is no room for a size; give the bytes that stay."""
        total = self.unfinished() - size  # first: what takes its name meanwhile is counted twice, not never
        entries = sorted(self.entries(), key=lambda entry: entry.used)
        total += sum(entry.size for entry in entries)
        if total + size > self.limit:
            for entry in entries:
                if total + size <= self.limit * KEPT:
                    break
                total -= remove(entry)
        return max(0, total)

    def unfinished(self) -> int:
        """Give the bytes of all files that are not entries yet."""
        with os.scandir(self.folder) as found:
            return sum(size_of(one) for one in found if one.name.startswith(SCRATCH))

    def entries(self) -> Iterator[Entry]:
        """Give every entry, in no particular order; what vanishes meanwhile is none, nor is what others put there."""
        with os.scandir(self.folder) as found:
            folders = [one for one in found if one.is_dir(follow_symlinks=False)]
        for folder in folders:
            with suppress(OSError), os.scandir(folder.path) as found:
                for one in found:
                    if NAME.fullmatch(one.name) and one.is_file(follow_symlinks=False):
                        with suppress(OSError):
                            status = one.stat(follow_symlinks=False)
                            yield Entry(status.st_mtime_ns, Path(one.path), status.st_size)


def size_of(found: os.DirEntry[str]) -> int:
    """Give the bytes of a file, none when it has vanished."""
    with suppress(OSError):
        return found.stat(follow_symlinks=False).st_size
    return 0


def remove(entry: Entry) -> int:
    """Delete an entry, unless somebody wrote or used it since it was looked at; give the bytes that are free."""
    with suppress(OSError):
        if entry.path.lstat().st_mtime_ns == entry.used:
            entry.path.unlink()
            return entry.size
    return 0


def note_use(path: Path, now: float) -> None:
    """Let an entry be the last to go; an entry that was used a moment ago is so already, and nothing is written."""
    with suppress(OSError):
        if abs(now - path.lstat().st_mtime) > FRESH:
            os.utime(path, (now, now), follow_symlinks=False)
