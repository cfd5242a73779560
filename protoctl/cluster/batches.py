"""Many small blobs in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.cluster import compression
from protoctl.cluster.api.cluster_pb2 import Compressor
from protoctl.errors import ClusterError
from protoctl.kit.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from protoctl.cluster.api import cluster_pb2 as api
    from protoctl.cluster.digest import Digest

NOT_FOUND = 5
"""google.rpc.Code"""
OVERHEAD = 256
"""Bytes that a blob takes in a message beside its content."""
SAID = 200
"""Characters of a server's words that are shown."""


def pack_batches(digests: Iterable[Digest], limit: int) -> Iterator[list[Digest]]:
    """Give groups of digests, in order, whose blobs fit into one message each."""
    group: list[Digest] = []
    total = 0
    for digest in digests:
        needed = digest.size + OVERHEAD
        if group and total + needed > limit:
            yield group
            group, total = [], 0
        group.append(digest)
        total += needed
    if group:
        yield group


def read_batch(answer: api.BatchReadBlobsResponse, asked: Collection[Digest]) -> dict[Digest, bytes]:
    """Give the blobs of an answer; raises ClusterError for those that nobody asked for, and for other bytes."""
    by_hash = {digest.hash: digest for digest in asked}
    found: dict[Digest, bytes] = {}
    for response in answer.responses:
        digest = by_hash.get(response.digest.hash)
        if digest is None:
            raise ClusterError("it gave a blob that nobody asked for")
        if digest in found:
            raise ClusterError("it gave a blob twice")
        if response.status.code == NOT_FOUND:
            continue
        check_status(response.status)
        is_packed = response.compressor == Compressor.ZSTD
        data = compression.decompress(response.data, digest.size) if is_packed else response.data
        found[digest] = digest.check(data)
    return found


def check_status(status: api.Status) -> None:
    """Raise ClusterError for a status that is not OK."""
    if status.code:
        raise ClusterError(f"it answers with status {status.code}: {printable(status.message)[:SAID]}")
