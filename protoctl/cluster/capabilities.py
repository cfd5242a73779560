"""What a cluster says that it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.cluster import methods
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.errors import ClusterError

if TYPE_CHECKING:
    from protoctl.cluster.connection import Connection
    from protoctl.cluster.patience import Patience

LARGEST_BATCH = (4 << 20) - (64 << 10)
"""Bytes of one message, below gRPC's own limit of 4 MiB, which most servers leave as it is."""
SMALLEST_BATCH = 4096
"""Bytes; a server that takes less is not believed."""


@dataclass(frozen=True)
class Capabilities:
    """What is used of a server."""

    batch: int = LARGEST_BATCH
    """Bytes of the blobs in one message, with what surrounds them."""
    compresses: bool = False
    """Whether it gives and takes blobs in zstd, one by one and in the batches that it gives."""
    compresses_batches: bool = False
    """Whether it takes batches in zstd."""
    may_write: bool = True
    """Whether results may be written; a server that says nothing is asked by writing."""
    may_execute: bool = False
    """Whether it runs actions."""


def ask_capabilities(connection: Connection, patience: Patience) -> Capabilities:
    """Ask a server; one that does not know the question has a cache and nothing more. Raises ClusterError."""
    request = api.GetCapabilitiesRequest(instance_name=connection.address.instance)
    try:
        with patience.waiting() as wait:
            answer = wait.on(connection.start(methods.CAPABILITIES, request)).result()
    except ClusterError as error:
        if error.code == "UNIMPLEMENTED":
            return Capabilities()
        raise
    patience.earn(answers=1)
    return read_capabilities(answer)


def read_capabilities(answer: api.ServerCapabilities) -> Capabilities:
    """Give what an answer means; raises ClusterError for a server that does not name blobs by SHA-256."""
    cache, execution = answer.cache_capabilities, answer.execution_capabilities
    if cache.digest_functions and api.DigestFunction.SHA256 not in cache.digest_functions:
        raise ClusterError("it does not name blobs by SHA-256")
    most = cache.max_batch_total_size_bytes
    return Capabilities(
        batch=min(most, LARGEST_BATCH) if most >= SMALLEST_BATCH else LARGEST_BATCH,
        compresses=api.Compressor.ZSTD in cache.supported_compressors,
        compresses_batches=api.Compressor.ZSTD in cache.supported_batch_update_compressors,
        may_write=cache.action_cache_update_capabilities.update_enabled,
        may_execute=execution.exec_enabled,
    )
