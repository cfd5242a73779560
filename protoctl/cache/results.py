"""A folder of results by digest: each entry checks itself, is written at once or not at all, and may vanish."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from protoctl.cache.limit import cache_limit
from protoctl.cache.room import Room, note_use
from protoctl.kit.archive import UnsafeArchiveError, pack_tar, read_tar
from protoctl.kit.cache_tag import mark_cache
from protoctl.kit.digest import digest_bytes
from protoctl.kit.files import SCRATCH, ForeignFileError, read_own, write_atomic
from protoctl.kit.scratch import sweep
from protoctl.model.event import Event, Level

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from protoctl.model.event import Emit

DIGEST_LENGTH = 64
RESULTS = "results"
"""The folder of entries below the user's cache folder."""


class FolderStore:
    """A ResultStore below the user's cache folder.

    An entry is the digest of its own key and tar, then the tar; one that does not fit is a miss.
    """

    def __init__(self, folder: Path, emit: Emit, limit: int | None = None) -> None:
        """Take the folder, which may be missing or read-only, and the bytes it may hold, else this machine's limit."""
        self.folder = folder / RESULTS
        self.room = Room(self.folder, cache_limit() if limit is None else limit)
        self.emit = emit
        self.has_warned = False
        self.has_refused = False
        self.is_prepared = False

    @property
    def near(self) -> FolderStore:
        """All of it is on this machine."""
        return self

    def path(self, digest: str) -> Path:
        """Give the file of an entry."""
        return self.folder / digest[:2] / digest

    def load(self, digest: str) -> dict[str, bytes] | None:
        """Give the files saved under the digest, or None."""
        try:
            data = read_own(self.path(digest))
        except ForeignFileError as error:
            self.refuse(digest, f"belongs to user {error.owner}")
            return None
        except OSError:
            return None
        head, body = data[:DIGEST_LENGTH], data[DIGEST_LENGTH:]
        if head.decode("latin-1") != digest_bytes(digest.encode() + body):
            self.refuse(digest, "is damaged")
            return None
        try:
            files = read_tar(body)
        except UnsafeArchiveError as error:
            self.refuse(digest, f"is damaged: {error}")
            return None
        note_use(self.path(digest), time.time())
        return files

    def load_all(self, digests: Iterable[str]) -> dict[str, dict[str, bytes]]:
        """Give digest to files for those that are kept."""
        found = {digest: self.load(digest) for digest in digests}
        return {digest: files for digest, files in found.items() if files is not None}

    def finish(self) -> None:
        """Do nothing: what is saved is kept."""

    def refuse(self, digest: str, why: str) -> None:
        """Say why an entry is made again, of many such entries for the first."""
        if not self.has_refused:
            self.warn(f"the cache entry {digest[:12]} {why}; it and others like it are made again")
        self.has_refused = True

    def save(self, digest: str, files: dict[str, bytes]) -> None:
        """Keep the files where there is room, which older entries make; a disk that refuses is reported once."""
        body = pack_tar(files)
        try:
            self.prepare()
            entry = digest_bytes(digest.encode() + body).encode() + body
            write_atomic(self.path(digest), entry, beside=self.folder, allow=partial(self.room.take, len(entry)))
        except OSError as error:
            if not self.has_warned:
                self.warn(f"results are not kept: {error.strerror}: {self.folder}")
            self.has_warned = True

    def prepare(self) -> None:
        """Make the folder, and remove what killed builds left half written; raises OSError."""
        if not self.is_prepared:
            self.folder.mkdir(parents=True, exist_ok=True)
            sweep(self.folder, SCRATCH)
            mark_cache(self.folder, "protoctl")
            self.is_prepared = True

    def warn(self, text: str) -> None:
        """Report without stopping."""
        self.emit(Event(text, Level.WARNING))
