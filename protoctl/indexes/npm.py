"""An npm registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from protoctl.indexes.access.addresses import check_address, shown
from protoctl.indexes.access.credentials import Door, Keys
from protoctl.indexes.access.digests import check_digest
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.packument import ACCEPT, read_packument
from protoctl.indexes.access.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.indexes import Surroundings
    from protoctl.indexes.access.exchange import Answer
    from protoctl.model.configuration import IndexTable
    from protoctl.model.index import Listed


def make(name: str, table: IndexTable, surroundings: Surroundings) -> NodeIndex:
    """Give an index; raises ConfigurationError for an impossible address."""
    door = Door(name, table.kind, check_address(name, table), table.upload_url, surroundings.root)
    keys = Keys(door, surroundings.environment)
    return NodeIndex(Transport(keys, surroundings.limits, surroundings.environment))


class NodeIndex:
    """An Index of npm packages."""

    targets = frozenset({"node"})

    def __init__(self, transport: Transport) -> None:
        """Take how it is asked, which knows its name and address."""
        self.name = transport.keys.door.index
        self.transport = transport

    def list_files(self, target: str, distribution: str) -> Sequence[Listed]:
        """Give the tarballs of a package; raises PackageIndexError.

        A package is unknown only where a registry says so, or there is one, else AbsentIndexError is raised: a mistyped
        address would make every module new.
        """
        del target
        answer = self.transport.ask(self.transport.root + quote(distribution, safe="@"), ACCEPT)
        if not answer.is_found:
            self.require_registry(answer)
            return []
        try:
            return read_packument(distribution, answer.body)
        except NonsenseError as error:
            hint = "its url must be that of an npm registry, and a login page may stand in its way"
            raise self.transport.fault(f"is no npm registry: {shown(answer.url)}", said=str(error), hint=hint) from None

    def require_registry(self, answer: Answer) -> None:
        """Raise AbsentIndexError unless an answer that there is nothing is one of a registry, or there is a root."""
        if not is_object(answer.body) and not self.transport.is_there():
            raise self.transport.absence()

    def fetch(self, listed: Listed) -> bytes:
        """Give a tarball, its digest compared; raises PackageIndexError."""
        data = self.transport.fetch(listed.url)
        check_digest(self.name, listed.file, listed.digest, data)
        return data


def is_object(body: bytes) -> bool:
    """Tell whether an answer is a JSON object, as registries explain themselves."""
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False
