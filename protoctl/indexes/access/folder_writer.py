"""Writing into a folder that is an index: first a file, then what lists it, so that nobody is shown half of anything.

A distribution has its page before its first file: what a killed writer left without a link counts as not there, and is
written again.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from protoctl.errors import MachineError, PackageIndexError
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.folder import PAGE
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
from protoctl.indexes.access.packument import tarball_file
from protoctl.indexes.access.simple_pages import ARCHIVES, read_html, version_of
from protoctl.indexes.access.tarball import describe_tarball
from protoctl.kit.files import write_atomic
from protoctl.kit.locks import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from protoctl.indexes.access.folder import Folder
    from protoctl.model.index import Upload

WRITE_SECONDS = 60
"""For whoever else writes; each holds the folder for one file."""


class FolderWriter:
    """Writes into the folder of an index, as the only one at a time."""

    def __init__(self, folder: Folder, served_at: str) -> None:
        """Take what reads it, and where a web server shows it."""
        self.folder = folder
        self.served_at = served_at.rstrip("/")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one who writes.

        Raises PackageIndexError for what the system refuses, what cannot be read, and a lock that stays taken.
        """
        root, name = self.folder.root, self.folder.name
        try:
            root.mkdir(parents=True, exist_ok=True)
            with locked(root, WRITE_SECONDS):
                yield
        except NonsenseError as error:
            raise PackageIndexError(f"what is in {root} cannot be read", where=name, said=str(error)) from None
        except MachineError as error:
            raise PackageIndexError(error.what, where=name, hint=error.hint) from error
        except OSError as error:
            raise PackageIndexError(f"cannot write {error.filename or root}: {error.strerror}", where=name) from error

    def add_python(self, upload: Upload) -> None:
        """Place a wheel or an sdist, and then the page that links to it; a file that is linked to stays as it is."""
        folder = self.folder.python(upload.distribution)
        entries = self.read_links(folder)
        if upload.file in entries:
            return
        if not (folder / PAGE).is_file():
            self.write_page(folder, entries)
        write_atomic(folder / upload.file, upload.data)
        self.write_page(folder, {**entries, upload.file: link_to(upload.file, upload.data)})

    def read_links(self, folder: Path) -> dict[str, dict[str, str]]:
        """Give file → attributes of its link, made anew where files lie without a page."""
        page, limits = folder / PAGE, self.folder.limits
        if page.is_file():
            content = self.folder.read(page, limits.page)
            read_html(content, page.as_uri())  # what is no page of an index is not written over
            return read_entries(content.decode("utf-8", errors="replace"))
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        archives = [path for path in files if path.name.endswith(ARCHIVES)]
        return {path.name: link_to(path.name, self.folder.read(path, limits.file)) for path in archives}

    def write_page(self, folder: Path, entries: dict[str, dict[str, str]]) -> None:
        """Write the page of a distribution, and that of all."""
        write_atomic(folder / PAGE, render_page(folder.name, entries))
        names = [path.name for path in folder.parent.iterdir() if path.is_dir()]
        write_atomic(folder.parent / PAGE, render_root(names))

    def yank(self, distribution: str, version: str, reason: str) -> None:
        """Mark the links of a version (PEP 592), or take that back without a reason."""
        folder = self.folder.python(distribution)
        entries = self.read_links(folder)
        mine = [file for file in entries if version_of(distribution, file) == version]
        if not mine:
            raise PackageIndexError(f"has no {distribution} {version}", where=self.folder.name)
        for file in mine:
            entries[file].pop(YANKED, None)
            entries[file] |= {YANKED: reason} if reason else {}
        self.write_page(folder, entries)

    def add_node(self, upload: Upload) -> None:
        """Place a tarball, and then the document that tells of it; a version that it tells of stays as it is."""
        package, version = upload.distribution, upload.version
        document = self.read_document(package)
        if version in document["versions"]:
            return
        if not self.folder.document(package).is_file():
            self.write_document(document)
        file = tarball_file(package, version)
        write_atomic(self.folder.tarballs(package) / file, upload.data)
        document["versions"][version] = describe_tarball(file, upload.data, self.address(package, file))
        document["dist-tags"][upload.dist_tag or "latest"] = version
        self.write_document(document)

    def read_document(self, package: str) -> dict[str, Any]:
        """Give what is known of an npm package; tarballs that lie there without a document are described."""
        path = self.folder.document(package)
        if path.is_file():
            return read_document(package, self.folder.read(path, self.folder.limits.page))
        document = empty_document(package)
        for one in self.folder.list_node(package):
            address = self.address(package, one.file)
            document["versions"][one.version] = describe_tarball(one.file, self.folder.fetch(one), address)
        return document

    def write_document(self, document: dict[str, Any]) -> None:
        """Write what is known of an npm package."""
        write_atomic(self.folder.document(document["name"]), render_document(document))

    def address(self, package: str, file: str) -> str:
        """Give where a web server shows a tarball; npm wants it whole."""
        place = "/".join(part for part in ("npm", package.rpartition("/")[0], "-", file) if part)
        return f"{self.served_at}/{quote(place, safe='/@')}"

    def set_tag(self, package: str, version: str, tag: str) -> None:
        """Let a dist-tag stand on a version; raises PackageIndexError for one that is not there."""
        document = self.read_document(package)
        if version not in document["versions"]:
            raise PackageIndexError(f"has no {package} {version} to tag as {tag}", where=self.folder.name)
        document["dist-tags"][tag] = version
        self.write_document(document)

    def deprecate(self, package: str, version: str, reason: str) -> None:
        """Put npm's warning on a version, or take it off without a reason."""
        document = self.read_document(package)
        if version not in document["versions"]:
            raise PackageIndexError(f"has no {package} {version}", where=self.folder.name)
        document["versions"][version].pop("deprecated", None)
        document["versions"][version] |= {"deprecated": reason} if reason else {}
        self.write_document(document)
