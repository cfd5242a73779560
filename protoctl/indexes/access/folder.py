"""Reading a folder that is an index: by its pages, or by the files that lie there where it has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from protoctl.errors import AbsentIndexError, PackageIndexError
from protoctl.indexes.access.digests import check_digest
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.packument import is_version, read_packument, tarball_file
from protoctl.indexes.access.simple_pages import Link, list_links, read_html
from protoctl.model.index import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from protoctl.indexes.access.exchange import Limits

PAGE = "index.html"
PLACES = ("simple", "npm")
"""Where Python's packages lie, and npm's."""


class Folder:
    """What lies in the folder of an index."""

    def __init__(self, name: str, root: Path, limits: Limits) -> None:
        """Take the index's name, the folder, and how large its files may be."""
        self.name = name
        self.root = root
        self.limits = limits

    def python(self, distribution: str) -> Path:
        """Give where the files of a Python distribution and their page lie."""
        return self.root / "simple" / canonicalize_name(distribution)

    def document(self, distribution: str) -> Path:
        """Give where the document of an npm package lies."""
        return self.root / "npm" / distribution

    def tarballs(self, distribution: str) -> Path:
        """Give where its tarballs lie, with those of all packages of its scope."""
        return self.document(distribution).parent / "-"

    def list_files(self, target: str, distribution: str) -> Sequence[Listed]:
        """Give the files of a distribution; raises PackageIndexError: AbsentIndexError without the folder."""
        if not self.root.is_dir():
            hint = f"begin with --initial, which makes the folder, or correct indexes.{self.name}.url"
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
        folder = self.python(distribution)
        page = folder / PAGE
        if page.is_file():
            return list_links(distribution, read_html(self.read(page, self.limits.page), page.as_uri()))
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        return list_links(distribution, [Link(path.name, path.as_uri(), "", is_yanked=False) for path in files])

    def list_node(self, distribution: str) -> Sequence[Listed]:
        """Give tarballs, as the document lists them where there is one; they lie beside it, wherever it says."""
        document, tarballs = self.document(distribution), self.tarballs(distribution)
        if document.is_file():
            listed = read_packument(distribution, self.read(document, self.limits.page))
            return [self.place(one, tarballs) for one in listed]
        files = sorted(tarballs.glob("*.tgz")) if tarballs.is_dir() else []
        versions = [(path.name.removeprefix(f"{document.name}-").removesuffix(".tgz"), path) for path in files]
        return [
            Listed(path.name, distribution, version, path.as_uri())
            for version, path in versions
            if is_version(version) and path.name == tarball_file(distribution, version)
        ]

    def place(self, listed: Listed, folder: Path) -> Listed:
        """Give a listing whose file lies in a folder."""
        url = (folder / listed.file).as_uri()
        return replace(listed, url=url)

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
