"""A cluster as the rest of the program sees it: of use, or given up with one warning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from protoctl.cluster.patience import Patience
from protoctl.errors import ClusterError
from protoctl.model.event import Event, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from protoctl.cluster.address import Address
    from protoctl.cluster.blobs import BlobStorage
    from protoctl.cluster.capabilities import Capabilities
    from protoctl.cluster.connection import Connection
    from protoctl.cluster.credentials import Credentials
    from protoctl.cluster.results import ResultCache
    from protoctl.errors import MachineError
    from protoctl.model.event import Emit

Gift = TypeVar("Gift")


@dataclass(frozen=True)
class Place:
    """Where a cluster is, and what opens it."""

    address: Address
    """Where."""
    credentials: Credentials
    """What is shown to it."""


class Cluster:
    """A cluster that is believed until its first fault, which is told once; from then on it is not asked again."""

    def __init__(self, place: Place, emit: Emit) -> None:
        """Take where it is and where to report; nothing is asked yet."""
        self.place = place
        self.emit = emit
        self.patience = Patience()
        self.capabilities: Capabilities | None = None
        self.opening = Lock()
        self.warning = Lock()
        self.is_lost = False
        self.has_warned = False

    def begin(self, emit: Emit) -> None:
        """Be as patient as at first, for another build, unless it is given up."""
        self.emit = emit
        self.patience = Patience()

    def attempt(self, ask: Callable[[], Gift], otherwise: Gift) -> Gift:
        """Give what the cluster gives, or something else when it is given up, now or before."""
        if self.is_lost:
            return otherwise
        try:
            return ask()
        except ClusterError as error:
            self.give_up(error)
            return otherwise

    def give_up(self, error: ClusterError) -> None:
        """Ask it no more."""
        self.is_lost = True
        self.warn(error, "what it does not give is made here")

    def warn(self, error: MachineError, consequence: str) -> None:
        """Say what is wrong, once."""
        with self.warning:
            is_first, self.has_warned = not self.has_warned, True
        if is_first:
            words = [f"cluster {self.place.address.text}: {error.what}", error.said, consequence, error.hint]
            self.emit(Event("; ".join(word for word in words if word), Level.WARNING))

    @cached_property
    def connection(self) -> Connection:
        """The connection, opened with the first call; raises ClusterError where gRPC is missing."""
        from protoctl.cluster.connection import Connection  # slow to import

        return Connection(self.place.address, self.place.credentials)

    def close(self) -> None:
        """End what is still on its way, and say nothing about it."""
        self.is_lost = self.has_warned = True
        if "connection" in self.__dict__:
            self.connection.close()

    def require(self) -> None:
        """Raise ClusterError where a library is missing that speaking to clusters takes; nothing is asked yet."""
        from protoctl.cluster import compression  # noqa: F401  it is imported by what comes later

        self.connection  # noqa: B018  as above

    def open(self) -> Capabilities:
        """Give what it can do, asked once; raises ClusterError."""
        self.require()
        from protoctl.cluster.capabilities import ask_capabilities

        with self.opening:
            if self.capabilities is None:
                self.capabilities = ask_capabilities(self.connection, self.patience)
            return self.capabilities

    def blobs(self, patience: Patience) -> BlobStorage:
        """Give its blobs for somebody who is patient; raises ClusterError."""
        from protoctl.cluster.blobs import BlobStorage

        return BlobStorage(self.connection, self.open(), patience)

    def results(self, patience: Patience) -> ResultCache:
        """Give its action cache for somebody who is patient; raises ClusterError."""
        from protoctl.cluster.results import ResultCache

        return ResultCache(self.blobs(patience))
