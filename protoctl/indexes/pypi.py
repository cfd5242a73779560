"""A Python index that speaks the simple repository API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from protoctl.indexes.access.addresses import check_address, shown
from protoctl.indexes.access.credentials import Door, Keys
from protoctl.indexes.access.digests import check_digest
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.simple_pages import ACCEPT, list_links, read_page
from protoctl.indexes.access.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.indexes import Surroundings
    from protoctl.model.configuration import IndexTable
    from protoctl.model.index import Listed


def make(name: str, table: IndexTable, surroundings: Surroundings) -> PythonIndex:
    """Give an index; raises ConfigurationError for an impossible address."""
    door = Door(name, table.kind, check_address(name, table), table.upload_url, surroundings.root)
    keys = Keys(door, surroundings.environment)
    return PythonIndex(Transport(keys, surroundings.limits, surroundings.environment))


class PythonIndex:
    """An Index of Python packages."""

    targets = frozenset({"python"})

    def __init__(self, transport: Transport) -> None:
        """Take how it is asked, which knows its name and address."""
        self.name = transport.keys.door.index
        self.transport = transport

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
            raise self.transport.fault(f"is no Python index: {shown(answer.url)}", said=str(error), hint=hint) from None

    def require_root(self) -> None:
        """Raise AbsentIndexError unless there is an index at the address; some have no page there (CodeArtifact)."""
        if not self.transport.is_there():
            raise self.transport.absence("it often ends in /simple/")

    def fetch(self, listed: Listed) -> bytes:
        """Give a file, its digest compared; raises PackageIndexError."""
        data = self.transport.fetch(listed.url)
        check_digest(self.name, listed.file, listed.digest, data)
        return data
