"""The content-addressable storage: many blobs in few calls, each compared with its digest."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from protoctl.cluster import compression, methods
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.api.cluster_pb2 import Compressor
from protoctl.cluster.batches import OVERHEAD, check_status, pack_batches, read_batch
from protoctl.cluster.digest import EMPTY, Digest
from protoctl.errors import ClusterError
from protoctl.kit.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from protoctl.cluster.capabilities import Capabilities
    from protoctl.cluster.connection import Connection, Pending
    from protoctl.cluster.patience import Patience

AT_ONCE = 2
"""Batches that are on their way together: more would come late together, and patience is earned by what has come."""
ASKED = 8192
"""Digests in one question."""
CHUNK = 1 << 20
"""Bytes of one message of a stream."""


class BlobStorage:
    """A cluster's blobs."""

    def __init__(self, connection: Connection, capabilities: Capabilities, patience: Patience) -> None:
        """Take the connection, what the server can do, and how long it is waited for."""
        self.connection = connection
        self.capabilities = capabilities
        self.patience = patience
        self.instance = connection.address.instance

    def read(self, digests: Iterable[Digest]) -> dict[Digest, bytes]:
        """Give the blobs that are there, verified; raises ClusterError."""
        wanted = set(digests)
        found = {EMPTY: b""} if EMPTY in wanted else {}
        small, large = self.divide(wanted - {EMPTY})
        with self.patience.waiting() as wait:
            batches = pack_batches(small, self.capabilities.batch)
            for batch, call in ahead(((one, wait.on(self.ask(one))) for one in batches), AT_ONCE):
                got = read_batch(call.result(), batch)
                found |= got
                self.patience.earn(answers=len(batch), size=sum(map(len, got.values())))
        for digest in large:
            data = self.read_stream(digest)
            found |= {} if data is None else {digest: data}
        return found

    def ask(self, batch: Iterable[Digest]) -> Pending[api.BatchReadBlobsResponse]:
        """Begin to ask for some small blobs."""
        accepted = [Compressor.ZSTD] if self.capabilities.compresses else []
        names = [digest.message for digest in batch]
        request = api.BatchReadBlobsRequest(instance_name=self.instance, digests=names, acceptable_compressors=accepted)
        return self.connection.start(methods.READ_BATCH, request)

    def divide(self, digests: Collection[Digest]) -> tuple[list[Digest], list[Digest]]:
        """Give those that fit into a batch and those that do not, each in one order."""
        ordered = sorted(digests, key=lambda digest: (digest.size, digest.hash))
        most = self.capabilities.batch - OVERHEAD
        return [one for one in ordered if one.size <= most], [one for one in ordered if one.size > most]

    def read_stream(self, digest: Digest) -> bytes | None:
        """Give a blob of any size, or None where it is not there."""
        is_packed = self.capabilities.compresses
        kind = ("compressed-blobs", "zstd") if is_packed else ("blobs",)
        name = self.connection.address.resource(*kind, digest.hash, str(digest.size))
        limit = compression.packed_limit(digest.size) if is_packed else digest.size
        try:
            data = self.receive(name, limit)
        except ClusterError as error:
            if error.code == "NOT_FOUND":
                return None
            raise
        return digest.check(compression.decompress(data, digest.size) if is_packed else data)

    def receive(self, name: str, limit: int) -> bytes:
        """Give what a resource holds; raises ClusterError for more bytes than the limit."""
        content = bytearray()
        with self.patience.waiting() as wait:
            stream = wait.on(self.connection.stream(methods.READ, api.ReadRequest(resource_name=name)))
            for answer in stream:
                content += answer.data
                self.patience.earn(size=len(answer.data))
                if len(content) > limit:
                    stream.cancel()
                    raise ClusterError("it gave more bytes than were asked for")
        return bytes(content)

    def write(self, blobs: Mapping[Digest, bytes]) -> None:
        """Have blobs in the storage, sending those that it does not have; raises ClusterError."""
        missing = self.find_missing(blobs)
        small, large = self.divide(missing)
        with self.patience.waiting() as wait:
            batches = pack_batches(small, self.capabilities.batch)
            for batch, call in ahead(((one, wait.on(self.send(one, blobs))) for one in batches), AT_ONCE):
                for response in call.result().responses:
                    check_status(response.status)
                self.patience.earn(answers=len(batch), size=sum(digest.size for digest in batch))
        for digest in large:
            self.write_stream(digest, blobs[digest])

    def send(self, batch: Iterable[Digest], blobs: Mapping[Digest, bytes]) -> Pending[api.BatchUpdateBlobsResponse]:
        """Begin to send some small blobs."""
        requests = [self.update(digest, blobs[digest]) for digest in batch]
        request = api.BatchUpdateBlobsRequest(instance_name=self.instance, requests=requests)
        return self.connection.start(methods.WRITE_BATCH, request)

    def find_missing(self, digests: Collection[Digest]) -> set[Digest]:
        """Give those that the storage does not have."""
        ordered = sorted(set(digests) - {EMPTY}, key=lambda digest: digest.hash)
        by_hash = {digest.hash: digest for digest in ordered}
        missing: set[Digest] = set()
        for start in range(0, len(ordered), ASKED):
            asked = [digest.message for digest in ordered[start : start + ASKED]]
            request = api.FindMissingBlobsRequest(instance_name=self.instance, blob_digests=asked)
            with self.patience.waiting() as wait:
                answer = wait.on(self.connection.start(methods.FIND_MISSING, request)).result()
            self.patience.earn(answers=len(asked))
            missing |= {by_hash[one.hash] for one in answer.missing_blob_digests if one.hash in by_hash}
        return missing

    def update(self, digest: Digest, data: bytes) -> api.BatchUpdateBlobsRequest.Request:
        """Give a blob as it is sent in a batch, packed where that makes it smaller."""
        request = api.BatchUpdateBlobsRequest.Request(digest=digest.message, data=data)
        if self.capabilities.compresses_batches and len(data) >= compression.SMALLEST:
            packed = compression.compress(data)
            if len(packed) < len(data):
                request.data, request.compressor = packed, Compressor.ZSTD
        return request

    def write_stream(self, digest: Digest, data: bytes) -> None:
        """Send a blob of any size."""
        is_packed = self.capabilities.compresses
        content = compression.compress(data) if is_packed else data
        kind = ("compressed-blobs", "zstd") if is_packed else ("blobs",)
        name = self.connection.address.resource("uploads", str(uuid.uuid4()), *kind, digest.hash, str(digest.size))
        with self.patience.waiting() as wait:
            answer = wait.on(self.connection.send(methods.WRITE, self.chunks(name, content))).result()
        if answer.committed_size not in {digest.size, len(content), -1}:
            raise ClusterError(f"it kept {answer.committed_size} of {len(content)} bytes")

    def chunks(self, name: str, content: bytes) -> Iterator[api.WriteRequest]:
        """Give the messages of an upload; what the server takes is worth patience."""
        for start in range(0, max(len(content), 1), CHUNK):
            data = content[start : start + CHUNK]
            is_last = start + CHUNK >= len(content)
            yield api.WriteRequest(resource_name=name, write_offset=start, finish_write=is_last, data=data)
            self.patience.earn(size=len(data))
