"""A folder that any web server can serve to pip and npm, and that is read without one.

`simple/NAME/` holds a page (PEP 503) and the files of a Python distribution; `npm/@SCOPE/NAME` is what npm asks for,
and `npm/@SCOPE/-/` holds the tarballs. Without page or document the files that lie there count, their digests unknown.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from packaging.utils import canonicalize_name

from protoctl.errors import AbsentIndexError, ConfigurationError, PackageIndexError
from protoctl.indexes.access.digests import check_digest
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.folder_pages import (
    YANKED,
    empty_document,
    link_to,
    read_document,
    read_entries,
    render_document,
    render_page,
    render_root,
)
from protoctl.indexes.access.packument import is_version, read_packument, tarball_file
from protoctl.indexes.access.simple_pages import ARCHIVES, Link, list_links, read_html, version_of
from protoctl.indexes.access.tarball import describe_tarball
from protoctl.kit.files import require_writable, write_atomic
from protoctl.kit.locks import locked
from protoctl.model.index import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from protoctl.indexes import Surroundings
    from protoctl.indexes.access.exchange import Limits
    from protoctl.model.configuration import IndexTable
    from protoctl.model.index import Upload

PAGE = "index.html"
WRITE_SECONDS = 60
"""For whoever else writes; each holds the folder for one file."""
PLACES = ("simple", "npm")
"""Where Python's packages lie, and npm's."""


def make(name: str, table: IndexTable, surroundings: Surroundings) -> FolderIndex:
    """Give an index; raises ConfigurationError for an address that is no path."""
    root = surroundings.root / folder_path(name, table.url)
    return FolderIndex(name, root, surroundings.limits, table.served_at)


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
        self.root = root
        self.limits = limits
        self.served_at = served_at.rstrip("/")

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

    def check_access(self) -> None:
        """Raise PackageIndexError when nothing can be written there."""
        place = next(one for one in (self.root, *self.root.absolute().parents) if one.exists())
        try:
            require_writable(place)
        except OSError as error:
            raise PackageIndexError(f"cannot write {place}: {error.strerror}", where=self.name) from error

    def upload(self, upload: Upload) -> None:
        """Place a file and list it, both at once for whoever reads; a version that is there stays as it is."""
        add = {"python": self.add_python, "node": self.add_node}[upload.target]
        with self.writing():
            add(upload)

    def add_python(self, upload: Upload) -> None:
        """Place a wheel or an sdist, and then the page that links to it."""
        folder = self.root / "simple" / canonicalize_name(upload.distribution)
        entries = self.page_entries(folder)
        if upload.file not in entries:
            write_atomic(folder / upload.file, upload.data)
            entries[upload.file] = link_to(upload.file, upload.data)
            self.write_page(folder, entries)

    def page_entries(self, folder: Path) -> dict[str, dict[str, str]]:
        """Give file to link of a distribution, whether there is a page or only files."""
        page = folder / PAGE
        if page.is_file():
            return read_entries(self.read(page, self.limits.page).decode("utf-8", errors="replace"))
        files = [path for path in folder.iterdir() if path.name.endswith(ARCHIVES)] if folder.is_dir() else []
        return {path.name: link_to(path.name, self.read(path, self.limits.file)) for path in files}

    def write_page(self, folder: Path, entries: dict[str, dict[str, str]]) -> None:
        """Write the page of a distribution, and that of all."""
        write_atomic(folder / PAGE, render_page(folder.name, entries))
        names = [path.name for path in folder.parent.iterdir() if path.is_dir()]
        write_atomic(folder.parent / PAGE, render_root(names))

    def add_node(self, upload: Upload) -> None:
        """Place a tarball, and then the document that tells of it."""
        document, path = self.document(upload.distribution)
        if upload.version in document["versions"]:
            return
        scope = upload.distribution.rpartition("/")[0]
        file = tarball_file(upload.distribution, upload.version)
        write_atomic(self.root / "npm" / scope / "-" / file, upload.data)
        self.describe(document, upload.distribution, upload.version, upload.data)
        document["dist-tags"][upload.dist_tag or "latest"] = upload.version
        write_atomic(path, render_document(document))

    def document(self, distribution: str) -> tuple[dict[str, Any], Path]:
        """Give what is known of an npm package and where that is written; tarballs without a document are described."""
        scope, _, name = distribution.rpartition("/")
        path = self.root / "npm" / scope / name
        if path.is_file():
            return read_document(distribution, self.read(path, self.limits.page)), path
        document = empty_document(distribution)
        for listed in self.list_node(distribution):
            self.describe(document, distribution, listed.version, self.fetch(listed))
        return document, path

    def describe(self, document: dict[str, Any], distribution: str, version: str, data: bytes) -> None:
        """Add a version to a document."""
        scope = distribution.rpartition("/")[0]
        file = tarball_file(distribution, version)
        url = f"{self.served_at}/npm/{quote(scope, safe='@')}/-/{file}"
        document["versions"][version] = describe_tarball(file, data, url)

    def set_tag(self, distribution: str, version: str, tag: str) -> None:
        """Let a dist-tag stand on a version; raises PackageIndexError for one that is not there."""
        with self.writing():
            document, path = self.document(distribution)
            if version not in document["versions"]:
                raise PackageIndexError(f"has no {distribution} {version} to tag as {tag}", where=self.name)
            document["dist-tags"][tag] = version
            write_atomic(path, render_document(document))

    def withdraw(self, target: str, distribution: str, version: str, reason: str) -> None:
        """Yank the files of a version, or deprecate it; an empty reason takes that back."""
        with self.writing():
            if target == "node":
                self.deprecate(distribution, version, reason)
            else:
                self.yank(distribution, version, reason)

    def yank(self, distribution: str, version: str, reason: str) -> None:
        """Mark the links of a version (PEP 592)."""
        folder = self.root / "simple" / canonicalize_name(distribution)
        entries = self.page_entries(folder)
        mine = [file for file in entries if version_of(distribution, file) == version]
        if not mine:
            raise PackageIndexError(f"has no {distribution} {version}", where=self.name)
        for file in mine:
            entries[file].pop(YANKED, None)
            entries[file] |= {YANKED: reason} if reason else {}
        self.write_page(folder, entries)

    def deprecate(self, distribution: str, version: str, reason: str) -> None:
        """Put npm's warning on a version."""
        document, path = self.document(distribution)
        if version not in document["versions"]:
            raise PackageIndexError(f"has no {distribution} {version}", where=self.name)
        document["versions"][version].pop("deprecated", None)
        document["versions"][version] |= {"deprecated": reason} if reason else {}
        write_atomic(path, render_document(document))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one who writes; raises PackageIndexError for what the system refuses and what cannot be read."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with locked(self.root, WRITE_SECONDS):
                yield
        except NonsenseError as error:
            raise PackageIndexError(
                f"what is in {self.root} cannot be read", where=self.name, said=str(error)
            ) from None
        except OSError as error:
            what = f"cannot write {error.filename or self.root}: {error.strerror}"
            raise PackageIndexError(what, where=self.name) from error

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
