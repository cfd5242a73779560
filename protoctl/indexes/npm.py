"""An npm registry (github.com/npm/registry, docs/REGISTRY-API.md)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from protoctl.indexes.access.addresses import check_address, shown
from protoctl.indexes.access.credentials import Door
from protoctl.indexes.access.digests import check_digest
from protoctl.indexes.access.exchange import Message, NonsenseError
from protoctl.indexes.access.folder_pages import read_document
from protoctl.indexes.access.packument import ACCEPT, read_packument
from protoctl.indexes.access.responses import read_object
from protoctl.indexes.access.tarball import describe_publication
from protoctl.indexes.access.transport import Transport, open_door

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.indexes import Surroundings
    from protoctl.indexes.access.exchange import Answer
    from protoctl.model.configuration import IndexTable
    from protoctl.model.index import Listed, Upload

JSON_TYPE = "application/json"


def make(name: str, table: IndexTable, surroundings: Surroundings) -> NodeIndex:
    """Give an index; raises ConfigurationError for an impossible address."""
    door = Door(name, table.kind, check_address(name, table.url), table.upload_url, surroundings.root)
    reading = open_door(door, surroundings)
    if not table.upload_url:
        return NodeIndex(reading, reading)
    address = check_address(name, table.upload_url, "upload-url")
    return NodeIndex(reading, open_door(replace(door, url=address, setting="upload-url"), surroundings))


class NodeIndex:
    """An Index of npm packages."""

    targets = frozenset({"node"})

    def __init__(self, transport: Transport, writing: Transport) -> None:
        """Take how it is asked, which knows its name and address, and how it is written to."""
        self.name = transport.keys.door.index
        self.transport = transport
        self.writing = writing

    def list_files(self, target: str, distribution: str) -> Sequence[Listed]:
        """Give the tarballs of a package; raises PackageIndexError.

        A package is unknown only where a registry says so, or there is one, else AbsentIndexError is raised: a mistyped
        address would make every module new.
        """
        del target
        answer = self.transport.ask(self.transport.root + escaped(distribution), ACCEPT)
        if not answer.is_found:
            self.require_registry(answer)
            return []
        try:
            return read_packument(distribution, answer.body)
        except NonsenseError as error:
            hint = "its url must be that of an npm registry, and a login page may stand in its way"
            raise self.transport.judge.fault(
                f"is no npm registry: {shown(answer.url)}", said=str(error), hint=hint
            ) from None

    def require_registry(self, answer: Answer) -> None:
        """Raise AbsentIndexError unless an answer that there is nothing is one of a registry, or there is a root."""
        if read_object(answer.body) is None and not self.transport.is_there():
            raise self.transport.judge.absence()

    def fetch(self, listed: Listed) -> bytes:
        """Give a tarball, its digest compared; raises PackageIndexError."""
        data = self.transport.fetch(listed.url)
        check_digest(self.name, listed.file, listed.digest, data)
        return data

    def check_access(self) -> None:
        """Raise PackageIndexError when the registry does not know who asks; nothing where it cannot be asked.

        The client of npm, too, lets nobody publish who is not known.
        """
        answer = self.writing.inquire(f"{self.writing.root}-/whoami")
        known = read_object(answer.body) if answer.is_found else None
        if known is not None and not known.get("username"):
            raise self.writing.judge.fault(
                f"does not know who asks: {shown(answer.url)}", hint=self.writing.keys.hint()
            )

    def upload(self, upload: Upload) -> None:
        """Put a version there under a tag that is not `latest`, which moves by itself otherwise."""
        document = describe_publication(upload, self.writing.root)
        self.put(escaped(upload.distribution), document)

    def set_tag(self, distribution: str, version: str, tag: str) -> None:
        """Let a dist-tag stand on a version."""
        self.put(f"-/package/{escaped(distribution)}/dist-tags/{quote(tag, safe='')}", version)

    def withdraw(self, target: str, distribution: str, version: str, reason: str) -> None:
        """Deprecate a version as npm does: the whole document comes, with its revision, and goes back changed."""
        del target
        url = f"{self.writing.root}{escaped(distribution)}?write=true"
        answer = self.writing.ask(url, JSON_TYPE)
        document = self.read(distribution, answer)
        if version not in document["versions"]:
            raise self.writing.judge.fault(f"has no {distribution} {version}")
        document["versions"][version]["deprecated"] = reason
        self.put(escaped(distribution), document)

    def read(self, distribution: str, answer: Answer) -> dict[str, Any]:
        """Give the document of a package to be changed; raises PackageIndexError for anything else."""
        try:
            return read_document(distribution, answer.body)
        except NonsenseError as error:
            raise self.writing.judge.fault(f"is no npm registry: {shown(answer.url)}", said=str(error)) from None

    def put(self, path: str, value: object) -> None:
        """Put a value where the registry has it."""
        message = Message("PUT", JSON_TYPE, json.dumps(value).encode())
        self.writing.hand_over(self.writing.root + path, message)


def escaped(distribution: str) -> str:
    """Give a package's name as a part of an address, like `@acme%2Fuser`."""
    return quote(distribution, safe="@")
