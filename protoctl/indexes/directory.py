"""A folder that any web server can serve to pip and npm, and that is read without one.

`simple/NAME/` holds a page (PEP 503) and the files of a Python distribution; `npm/@SCOPE/NAME` is what npm asks for,
and `npm/@SCOPE/-/` holds the tarballs. Without page or document the files that lie there count, their digests unknown.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from protoctl.errors import ConfigurationError, PackageIndexError
from protoctl.indexes.access.addresses import check_address
from protoctl.indexes.access.folder import Folder
from protoctl.indexes.access.folder_writer import FolderWriter
from protoctl.kit.files import require_writable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.indexes import Surroundings
    from protoctl.indexes.access.exchange import Limits
    from protoctl.model.configuration import IndexTable
    from protoctl.model.index import Listed, Upload


def make(name: str, table: IndexTable, surroundings: Surroundings) -> FolderIndex:
    """Give an index; raises ConfigurationError for an address that is no path."""
    root = surroundings.root / folder_path(name, table.url)
    served_at = table.served_at and check_address(name, table.served_at, "served-at")
    return FolderIndex(name, root, surroundings.limits, served_at)


def folder_path(name: str, url: str) -> Path:
    """Give the path that a setting means: itself, or that of a file: URL."""
    scheme, mark, _ = url.partition("://")
    if not mark:
        return Path(url)
    parts = urlsplit(url)
    if scheme != "file" or parts.netloc not in {"", "localhost"}:
        hint = 'write a path, or kind = "pypi" or "npm" for what a server serves'
        where = f"protoctl.toml: indexes.{name}.url"
        raise ConfigurationError(f"an index of the kind directory is no {scheme} address", where=where, hint=hint)
    return Path(unquote(parts.path))


class FolderIndex:
    """An Index in a folder."""

    targets = frozenset({"python", "node"})

    def __init__(self, name: str, root: Path, limits: Limits, served_at: str = "") -> None:
        """Take the name, the folder, how large its files may be, and where a web server shows it."""
        self.name = name
        self.folder = Folder(name, root, limits)
        self.writer = FolderWriter(self.folder, served_at)

    def list_files(self, target: str, distribution: str) -> Sequence[Listed]:
        """Give the files of a distribution; raises PackageIndexError: AbsentIndexError without the folder."""
        return self.folder.list_files(target, distribution)

    def fetch(self, listed: Listed) -> bytes:
        """Give a file, its digest compared; raises PackageIndexError, also for one outside the folder."""
        return self.folder.fetch(listed)

    def check_access(self) -> None:
        """Raise PackageIndexError when nothing can be written there."""
        root = self.folder.root
        place = next(one for one in (root, *root.absolute().parents) if one.exists())
        try:
            require_writable(place)
        except OSError as error:
            raise PackageIndexError(f"cannot write {place}: {error.strerror}", where=self.name) from error

    def upload(self, upload: Upload) -> None:
        """Place a file and list it, both at once for whoever reads; a version that is there stays as it is."""
        add = {"python": self.writer.add_python, "node": self.writer.add_node}[upload.target]
        with self.writer.writing():
            add(upload)

    def set_tag(self, distribution: str, version: str, tag: str) -> None:
        """Let a dist-tag stand on a version; raises PackageIndexError for one that is not there."""
        with self.writer.writing():
            self.writer.set_tag(distribution, version, tag)

    def withdraw(self, target: str, distribution: str, version: str, reason: str) -> None:
        """Yank the files of a version, or deprecate it; an empty reason takes that back."""
        mark = {"python": self.writer.yank, "node": self.writer.deprecate}[target]
        with self.writer.writing():
            mark(distribution, version, reason)
