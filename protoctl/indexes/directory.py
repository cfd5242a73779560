"""A folder that any web server can serve to pip and npm, and that is read without one.

`simple/NAME/` holds a page (PEP 503) and the files of a Python distribution; `npm/@SCOPE/NAME` is what npm asks for,
and `npm/@SCOPE/-/` holds the tarballs. Without page or document the files that lie there count, their digests unknown.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from protoctl.errors import AbsentIndexError, ConfigurationError, PackageIndexError
from protoctl.indexes.access.digests import check_digest
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.packument import is_version, read_packument, tarball_file
from protoctl.indexes.access.simple_pages import Link, list_links, read_html
from protoctl.model.index import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from protoctl.indexes import Surroundings
    from protoctl.indexes.access.exchange import Limits
    from protoctl.model.configuration import IndexTable

PAGE = "index.html"
PLACES = ("simple", "npm")
"""Where Python's packages lie, and npm's."""


def make(name: str, table: IndexTable, surroundings: Surroundings) -> FolderIndex:
    """Give an index; raises ConfigurationError for an address that is no path."""
    return FolderIndex(name, surroundings.root / folder_path(name, table.url), surroundings.limits)


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

    def __init__(self, name: str, root: Path, limits: Limits) -> None:
        """Take the name, the folder, and how large its files may be."""
        self.name = name
        self.root = root
        self.limits = limits

    def list_files(self, target: str, distribution: str) -> Sequence[Listed]:
        """Give the files of a distribution; raises PackageIndexError: AbsentIndexError without the folder."""
        if not self.root.is_dir():
            hint = f"make the folder, or correct indexes.{self.name}.url"
            raise AbsentIndexError(f"there is no folder {self.root}", where=self.name, hint=hint)
        reader: Callable[[str], Sequence[Listed]] = {"python": self.list_python, "node": self.list_node}[target]
        try:
            self.refuse_flat()
            return reader(distribution)
        except NonsenseError as error:
            what = f"what {self.root} says of {distribution} cannot be read"
            raise PackageIndexError(what, where=self.name, said=str(error)) from None
        except OSError as error:
            raise self.unreadable(self.root, error) from error

    def refuse_flat(self) -> None:
        """Raise PackageIndexError when packages lie where no index has them: they would count as never released."""
        if any((self.root / name).is_dir() for name in PLACES):
            return
        flat = [path.name for path in sorted(self.root.iterdir()) if path.name.endswith((".whl", ".tar.gz", ".tgz"))]
        if flat:
            hint = "put them into simple/NAME/ and npm/@SCOPE/-/, as docs/indexes.md shows"
            raise PackageIndexError(f"{flat[0]} lies in {self.root} itself", where=self.name, hint=hint)

    def list_python(self, distribution: str) -> Sequence[Listed]:
        """Give wheels and sdists, as the page lists them where there is one."""
        folder = self.root / "simple" / canonicalize_name(distribution)
        page = folder / PAGE
        if page.is_file():
            return list_links(distribution, read_html(self.read(page, self.limits.page), page.as_uri()))
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        return list_links(distribution, [Link(path.name, path.as_uri(), "", is_yanked=False) for path in files])

    def list_node(self, distribution: str) -> Sequence[Listed]:
        """Give tarballs, as the document lists them where there is one; they lie beside it, wherever it says."""
        scope, _, name = distribution.rpartition("/")
        folder = self.root / "npm" / scope
        document, tarballs = folder / name, folder / "-"
        if document.is_file():
            listed = read_packument(distribution, self.read(document, self.limits.page))
            return [self.place(one, tarballs) for one in listed]
        files = sorted(tarballs.glob("*.tgz")) if tarballs.is_dir() else []
        versions = [(path.name.removeprefix(f"{name}-").removesuffix(".tgz"), path) for path in files]
        return [
            Listed(path.name, distribution, version, path.as_uri())
            for version, path in versions
            if is_version(version) and path.name == tarball_file(distribution, version)
        ]

    def place(self, listed: Listed, folder: Path) -> Listed:
        """Give a listing whose file lies in a folder."""
        url = (folder / listed.file).as_uri()
        return Listed(listed.file, listed.distribution, listed.version, url, listed.digest, listed.is_withdrawn)

    def fetch(self, listed: Listed) -> bytes:
        """Give a file, its digest compared; raises PackageIndexError, also for one outside the folder."""
        path = Path(unquote(urlsplit(listed.url).path)).resolve()
        if not listed.url.startswith("file:") or not path.is_relative_to(self.root.resolve()):
            raise PackageIndexError(f"{listed.file} lies outside {self.root}", where=self.name, said=listed.url)
        try:
            data = self.read(path, self.limits.file)
        except OSError as error:
            raise self.unreadable(path, error) from error
        check_digest(self.name, listed.file, listed.digest, data)
        return data

    def read(self, path: Path, limit: int) -> bytes:
        """Give the content of a regular file; raises OSError, and PackageIndexError for a larger one."""
        if not path.is_file():
            raise PackageIndexError(f"there is no file {path}", where=self.name)
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise PackageIndexError(f"{path} is larger than {limit} bytes", where=self.name)
        return data

    def unreadable(self, path: Path, error: OSError) -> PackageIndexError:
        """Give the error for what the system refuses."""
        return PackageIndexError(f"cannot read {path}: {error.strerror}", where=self.name)
