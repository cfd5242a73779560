"""What names a blob."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from protoctl.cluster.api import cluster_pb2 as api
from protoctl.errors import ClusterError


@dataclass(frozen=True)
class Digest:
    """The name of a blob."""

    hash: str
    """64 lower-case hexadecimal digits."""
    size: int
    """Bytes; never negative."""

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """Give the digest of a blob."""
        return cls(hashlib.sha256(data).hexdigest(), len(data))

    @classmethod
    def read(cls, message: api.Digest, limit: int) -> Digest:
        """Give what a server says; raises ClusterError unless it is a digest of at most `limit` bytes."""
        digest = cls(message.hash, message.size_bytes)
        if len(digest.hash) != len(EMPTY.hash) or not set(digest.hash) <= set("0123456789abcdef"):
            raise ClusterError("it gave a digest that is none")
        if not 0 <= digest.size <= limit:
            raise ClusterError(f"it tells of {digest.size} bytes, where {limit} are the most")
        return digest

    @property
    def message(self) -> api.Digest:
        """The digest as it is sent."""
        return api.Digest(hash=self.hash, size_bytes=self.size)

    def check(self, data: bytes) -> bytes:
        """Give the data back; raises ClusterError when it is another's."""
        if len(data) != self.size or hashlib.sha256(data).hexdigest() != self.hash:
            raise ClusterError("it gave other bytes than were asked for")
        return data


EMPTY = Digest(hashlib.sha256(b"").hexdigest(), 0)
