"""A Python index that speaks the simple repository API, and the upload API of PyPI.

Uploads follow the legacy API in PyPI's documentation, "Upload API".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from packaging.utils import canonicalize_name
from urllib3 import encode_multipart_formdata

from protoctl.errors import ArtifactError, ConfigurationError, UsageError
from protoctl.indexes.access.addresses import check_address, shown
from protoctl.indexes.access.credentials import Door
from protoctl.indexes.access.digests import check_digest
from protoctl.indexes.access.exchange import Message, NonsenseError
from protoctl.indexes.access.simple_pages import ACCEPT, list_links, read_page
from protoctl.indexes.access.transport import Transport, open_door
from protoctl.indexes.access.trusted_publishing import TrustedPublisher
from protoctl.kit.scratch import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protoctl.indexes import Surroundings
    from protoctl.model.configuration import IndexTable
    from protoctl.model.index import Listed, Upload

SIMPLE = ("/simple", "/+simple")
"""How the address of a simple repository ends, behind that of the index itself."""


def make(name: str, table: IndexTable, surroundings: Surroundings) -> PythonIndex:
    """Give an index; raises ConfigurationError for an impossible address."""
    door = Door(name, table.kind, check_address(name, table.url), table.upload_url, surroundings.root)
    reading = open_door(door, surroundings)
    address = table.upload_url and check_address(name, table.upload_url, "upload-url")
    if not (uploads := address or upload_address(table.url)):
        return PythonIndex(reading, None)
    return PythonIndex(reading, open_door(replace(door, url=uploads, setting="upload-url"), surroundings))


def upload_address(url: str) -> str:
    """Give where an index takes uploads that is read from an address; nothing when that does not tell."""
    ending = next((one for one in SIMPLE if url.rstrip("/").endswith(one)), "")
    return url.rstrip("/").removesuffix(ending) + "/" if ending else ""


class PythonIndex:
    """An Index of Python packages."""

    targets = frozenset({"python"})

    def __init__(self, transport: Transport, writing: Transport | None) -> None:
        """Take how it is asked, which knows its name and address, and how it is written to where that is known."""
        self.name = transport.keys.door.index
        self.transport = transport
        self.writing = writing
        self.publisher = TrustedPublisher(writing) if writing else None

    def list_files(self, target: str, distribution: str) -> Sequence[Listed]:
        """Give the wheels and sdists of a distribution; raises PackageIndexError.

        A distribution is unknown only where there is an index, else AbsentIndexError is raised: a mistyped address
        would make every module new.
        """
        del target
        answer = self.transport.ask(f"{self.transport.root}{canonicalize_name(distribution)}/", ACCEPT)
        if not answer.is_found:
            self.require_root()
            return []
        try:
            return list_links(distribution, read_page(answer.media_type, answer.body, answer.url))
        except NonsenseError as error:
            hint = "its url must be that of a simple repository, and a login page may stand in its way"
            raise self.transport.judge.fault(
                f"is no Python index: {shown(answer.url)}", said=str(error), hint=hint
            ) from None

    def require_root(self) -> None:
        """Raise AbsentIndexError unless there is an index at the address; some have no page there (CodeArtifact)."""
        if not self.transport.is_there():
            raise self.transport.judge.absence("it often ends in /simple/")

    def fetch(self, listed: Listed) -> bytes:
        """Give a file, its digest compared; raises PackageIndexError."""
        data = self.transport.fetch(listed.url)
        check_digest(self.name, listed.file, listed.digest, data)
        return data

    def check_access(self) -> None:
        """Raise ConfigurationError when it is not known where uploads go.

        Whether they are let in cannot be asked, but a CI job that the index trusts gets its token here.
        """
        self.require_writing()

    def upload(self, upload: Upload) -> None:
        """Send a file with its metadata, as twine does; raises also ArtifactError for one without proper metadata."""
        writing = self.require_writing()
        body, media_type = encode_multipart_formdata(list(make_form(upload)))
        writing.hand_over(writing.keys.door.url, Message("POST", media_type, body))

    def require_writing(self) -> Transport:
        """Give how it is written to, by whoever this is; raises ConfigurationError when it is not known where."""
        if self.writing and self.publisher:
            self.publisher.identify()
            return self.writing
        where = f"protoctl.toml: indexes.{self.name}"
        hint = f"set indexes.{self.name}.upload-url; docs/indexes.md has the addresses of products"
        raise ConfigurationError("has no address for uploads", where=where, hint=hint)

    def set_tag(self, distribution: str, version: str, tag: str) -> None:
        """Do nothing: Python knows no tags."""

    def withdraw(self, target: str, distribution: str, version: str, reason: str) -> NoReturn:
        """Raise UsageError: no way to yank is common to Python indexes."""
        del target, reason
        what = f"cannot yank {distribution} {version}: Python indexes have no common way to ask for it"
        hint = "yank it on the pages of the index, where it has some for that, or release it anew without the mistake"
        raise UsageError(what, where=self.name, hint=hint)


def make_form(upload: Upload) -> Iterator[tuple[str, str | tuple[str, bytes, str]]]:
    """Give the fields of an upload; raises ArtifactError when twine finds no proper metadata in the file."""
    from tarfile import TarError
    from zipfile import BadZipFile

    from twine.exceptions import TwineException
    from twine.package import PackageFile

    with temporary_folder("upload") as folder:
        path = folder / upload.file
        path.write_bytes(upload.data)
        try:
            metadata = PackageFile.from_filename(str(path), None).metadata_dictionary()
        except (TwineException, BadZipFile, TarError) as error:
            raise ArtifactError(f"cannot be uploaded: {error}", where=upload.file) from error
    for name, value in metadata.items():
        yield from ((name, text) for text in field_texts(name, value))
    yield from ((":action", "file_upload"), ("protocol_version", "1"))
    yield "content", (upload.file, upload.data, "application/octet-stream")


def field_texts(name: str, value: object) -> list[str]:
    """Give the texts of a field: several for a list, one for keywords, `LABEL, ADDRESS` for addresses."""
    if isinstance(value, dict):
        return [f"{label}, {address}" for label, address in value.items()]
    if isinstance(value, (list, tuple)):
        return [", ".join(value)] if name == "keywords" else list(value)
    return [str(value)]
