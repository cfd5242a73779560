"""Parsers of what a cluster answers, and of where it is."""

from __future__ import annotations

from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import DecodeError

from fuzz.promise import Parser
from protoctl.cluster.address import parse_address
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.batches import read_batch
from protoctl.cluster.capabilities import read_capabilities
from protoctl.cluster.compression import compress, decompress
from protoctl.cluster.credentials import parse_header
from protoctl.cluster.digest import Digest
from protoctl.cluster.execution import RESPONSE_TYPE, read_response
from protoctl.cluster.results import name, read_result
from protoctl.errors import ClusterError, ConfigurationError

KEY = "0" * 64
BLOBS = [b"A = 1\n" * 100, b"A = 2\n"]
DIGESTS = [Digest.of(data) for data in BLOBS]
REFUSALS = (ClusterError, DecodeError)
"""gRPC itself refuses what is no message."""


def batch(*, is_packed: bool) -> bytes:
    """Give an answer with all blobs."""
    responses = [
        api.BatchReadBlobsResponse.Response(
            digest=digest.message,
            data=compress(data) if is_packed else data,
            compressor=api.Compressor.ZSTD if is_packed else api.Compressor.IDENTITY,
        )
        for digest, data in zip(DIGESTS, BLOBS, strict=True)
    ]
    return api.BatchReadBlobsResponse(responses=responses).SerializeToString()


def result() -> bytes:
    """Give a result of the key."""
    file = api.OutputFile(path=name(KEY), digest=DIGESTS[0].message)
    return api.ActionResult(output_files=[file]).SerializeToString()


def operation() -> bytes:
    """Give an operation that is done."""
    response = api.ExecuteResponse(result=api.ActionResult.FromString(result())).SerializeToString()
    packed = Packed(type_url=f"type.googleapis.com/{RESPONSE_TYPE}", value=response)
    return api.Operation(name="a", done=True, response=packed).SerializeToString()


def capabilities() -> bytes:
    """Give what a server says that it can do."""
    cache = api.CacheCapabilities(max_batch_total_size_bytes=1 << 22, supported_compressors=[api.Compressor.ZSTD])
    return api.ServerCapabilities(cache_capabilities=cache).SerializeToString()


CLUSTERS = (
    Parser(
        "cluster-result", lambda data: read_result(KEY, api.ActionResult.FromString(data)), REFUSALS, lambda: [result()]
    ),
    Parser(
        "cluster-batch",
        lambda data: read_batch(api.BatchReadBlobsResponse.FromString(data), DIGESTS),
        REFUSALS,
        lambda: [batch(is_packed=is_packed) for is_packed in (False, True)],
    ),
    Parser(
        "cluster-operation", lambda data: read_response(api.Operation.FromString(data)), REFUSALS, lambda: [operation()]
    ),
    Parser(
        "cluster-capabilities",
        lambda data: read_capabilities(api.ServerCapabilities.FromString(data)),
        REFUSALS,
        lambda: [capabilities()],
    ),
    Parser(
        "cluster-zstd",
        lambda data: decompress(data, len(BLOBS[0])),
        (ClusterError,),
        lambda: [compress(BLOBS[0]), compress(BLOBS[0][:300]) + compress(BLOBS[0][300:])],
    ),
    Parser(
        "cluster-address",
        lambda data: parse_address(data.decode(errors="replace"), "", plaintext=False),
        (ConfigurationError,),
        lambda: [b"grpcs://cache.example:443/main/a", b"grpc://[::1]:50051"],
        (b"grpc", b"://", b"[", b"]", b":", b"@", b"/", b"?", b"#", b"blobs", b"localhost", b"0", b"\n", b"%"),
    ),
    Parser(
        "cluster-header",
        lambda data: parse_header(data.decode(errors="replace")),
        (ConfigurationError,),
        lambda: [b"authorization=Bearer abc"],
        (b"=", b"-bin", b"grpc-", b" ", b"\r"),
    ),
)
