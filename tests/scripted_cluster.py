"""A cluster on loopback that does what it is told: an honest one in memory, until a test says otherwise."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import grpc
import pytest
import zstandard
from google.protobuf.any_pb2 import Any as Packed

from protoctl.cluster.address import parse_address
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.cluster import Cluster, Place
from protoctl.cluster.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from google.protobuf.message import Message

    from protoctl.model.event import Emit

Executed = tuple[int, bytes, dict[str, bytes]]
"""The exit code, standard error, and name to content of outputs."""
PACKAGE = "build.bazel.remote.execution.v2"
NOT_FOUND = 5
CHUNK = 64 << 10
LONGEST = 30
"""Seconds after which a server that hangs gives up, should a test fail to end it."""
METHODS: dict[str, tuple[str, type[Any], bool, bool]] = {
    "GetCapabilities": (f"{PACKAGE}.Capabilities", api.GetCapabilitiesRequest, False, False),
    "GetActionResult": (f"{PACKAGE}.ActionCache", api.GetActionResultRequest, False, False),
    "UpdateActionResult": (f"{PACKAGE}.ActionCache", api.UpdateActionResultRequest, False, False),
    "FindMissingBlobs": (f"{PACKAGE}.ContentAddressableStorage", api.FindMissingBlobsRequest, False, False),
    "BatchReadBlobs": (f"{PACKAGE}.ContentAddressableStorage", api.BatchReadBlobsRequest, False, False),
    "BatchUpdateBlobs": (f"{PACKAGE}.ContentAddressableStorage", api.BatchUpdateBlobsRequest, False, False),
    "Execute": (f"{PACKAGE}.Execution", api.ExecuteRequest, False, True),
    "WaitExecution": (f"{PACKAGE}.Execution", api.WaitExecutionRequest, False, True),
    "CancelOperation": ("google.longrunning.Operations", api.CancelOperationRequest, False, False),
    "Read": ("google.bytestream.ByteStream", api.ReadRequest, False, True),
    "Write": ("google.bytestream.ByteStream", api.WriteRequest, True, False),
}
"""Method to its service, what it is asked with, and whether it is asked and answers as a stream."""


class ScriptedCluster:
    """What a server keeps, what it was asked, and how it misbehaves."""

    def __init__(self) -> None:
        """Begin honest and empty."""
        self.blobs: dict[str, bytes] = {}
        self.results: dict[str, api.ActionResult] = {}
        self.asked: dict[str, int] = defaultdict(int)
        """Method to how often it was called."""
        self.headers: list[tuple[str, str | bytes]] = []
        """What came with the last call."""
        self.refusals: dict[str, grpc.StatusCode] = {}
        """Method to the status that it answers with."""
        self.silent: set[str] = set()
        """Methods that never answer."""
        self.spoil: dict[str, Callable[[Any], Message]] = {}
        """Method to what is done to each of its answers."""
        self.capabilities = api.ServerCapabilities(
            cache_capabilities=api.CacheCapabilities(
                digest_functions=[api.DigestFunction.SHA256],
                action_cache_update_capabilities=api.ActionCacheUpdateCapabilities(update_enabled=True),
            ),
            execution_capabilities=api.ExecutionCapabilities(exec_enabled=True),
        )
        self.execute: Callable[[dict[str, bytes]], Executed] = lambda _: (127, b"", {})
        """Name to content of inputs to what a worker makes of them."""
        self.cuts = 0
        """How many streams of an execution are cut before its end."""
        self.finished: dict[str, api.ExecuteResponse] = {}
        self.address = ""
        """Where it is served."""
        self.closed = Event()
        self.lock = Lock()

    def compress(self) -> None:
        """Offer zstd."""
        cache = self.capabilities.cache_capabilities
        cache.supported_compressors.append(api.Compressor.ZSTD)
        cache.supported_batch_update_compressors.append(api.Compressor.ZSTD)

    def answer(self, name: str, request: Any, context: grpc.ServicerContext) -> Iterator[Message]:  # noqa: ANN401
        """Give the answers to a call, or what the script says instead."""
        with self.lock:
            self.asked[name] += 1
            self.headers = [(key, value) for key, value in context.invocation_metadata() or ()]
        if name in self.silent:
            self.closed.wait(LONGEST)
        if name in self.refusals:
            context.abort(self.refusals[name], "as the script says")
        for message in getattr(self, handler(name))(request, context):
            yield self.spoil[name](message) if name in self.spoil else message

    def on_get_capabilities(self, _: object, __: object) -> Iterator[Message]:
        """Tell what is offered."""
        yield self.capabilities

    def on_get_action_result(
        self, request: api.GetActionResultRequest, context: grpc.ServicerContext
    ) -> Iterator[Message]:
        """Give a result."""
        found = self.results.get(request.action_digest.hash)
        if not found:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such result")
        yield api.ActionResult.FromString(found.SerializeToString())

    def on_update_action_result(self, request: api.UpdateActionResultRequest, _: object) -> Iterator[Message]:
        """Keep a result."""
        self.results[request.action_digest.hash] = request.action_result
        yield request.action_result

    def on_find_missing_blobs(self, request: api.FindMissingBlobsRequest, _: object) -> Iterator[Message]:
        """Tell which are missing."""
        missing = [one for one in request.blob_digests if one.hash not in self.blobs]
        yield api.FindMissingBlobsResponse(missing_blob_digests=missing)

    def on_batch_read_blobs(self, request: api.BatchReadBlobsRequest, _: object) -> Iterator[Message]:
        """Give blobs, compressed where that is taken."""
        answer = api.BatchReadBlobsResponse()
        for digest in request.digests:
            response = answer.responses.add(digest=digest)
            if digest.hash not in self.blobs:
                response.status.code = NOT_FOUND
            elif api.Compressor.ZSTD in request.acceptable_compressors:
                response.compressor = api.Compressor.ZSTD
                response.data = zstandard.compress(self.blobs[digest.hash])
            else:
                response.data = self.blobs[digest.hash]
        yield answer

    def on_batch_update_blobs(self, request: api.BatchUpdateBlobsRequest, _: object) -> Iterator[Message]:
        """Keep blobs."""
        for one in request.requests:
            is_packed = one.compressor == api.Compressor.ZSTD
            self.keep(one.digest.hash, zstandard.decompress(one.data) if is_packed else one.data)
        digests = [one.digest for one in request.requests]
        yield api.BatchUpdateBlobsResponse(
            responses=[api.BatchUpdateBlobsResponse.Response(digest=digest) for digest in digests]
        )

    def on_read(self, request: api.ReadRequest, context: grpc.ServicerContext) -> Iterator[Message]:
        """Give a blob in pieces."""
        parts = request.resource_name.split("/")
        digest = parts[-2]
        if digest not in self.blobs:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such blob")
        data = zstandard.compress(self.blobs[digest]) if "compressed-blobs" in parts else self.blobs[digest]
        for start in range(0, len(data), CHUNK):
            yield api.ReadResponse(data=data[start : start + CHUNK])

    def on_write(self, requests: Iterable[api.WriteRequest], _: object) -> Iterator[Message]:
        """Keep a blob that comes in pieces."""
        received = list(requests)
        name, data = received[0].resource_name, b"".join(one.data for one in received)
        is_packed = "/compressed-blobs/zstd/" in name
        self.keep(name.split("/")[-2], zstandard.ZstdDecompressor().decompress(data) if is_packed else data)
        yield api.WriteResponse(committed_size=len(data))

    def on_execute(self, request: api.ExecuteRequest, context: grpc.ServicerContext) -> Iterator[Message]:
        """Run an action, and cut the line before its end as often as the script says."""
        action = api.Action.FromString(self.blobs[request.action_digest.hash])
        folder = api.Directory.FromString(self.blobs[action.input_root_digest.hash])
        inputs = {node.name: self.blobs[node.digest.hash] for node in folder.files}
        name = request.action_digest.hash
        yield self.operation(name)
        code, said, outputs = self.execute(inputs)
        self.blobs[hashlib.sha256(said).hexdigest()] = said
        spoken = api.Digest(hash=hashlib.sha256(said).hexdigest(), size_bytes=len(said))
        result = api.ActionResult(exit_code=code, stderr_digest=spoken)
        for path, data in outputs.items():
            digest = api.Digest(hash=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
            self.keep(digest.hash, data)
            result.output_files.append(api.OutputFile(path=path, digest=digest))
        self.finished[name] = api.ExecuteResponse(result=result)
        yield from self.end(name, context)

    def on_wait_execution(self, request: api.WaitExecutionRequest, context: grpc.ServicerContext) -> Iterator[Message]:
        """Tell how an action ended."""
        yield from self.end(request.name, context)

    def on_cancel_operation(self, _: object, __: object) -> Iterator[Message]:
        """Take note."""
        yield api.CancelOperationRequest()

    def end(self, name: str, context: grpc.ServicerContext) -> Iterator[api.Operation]:
        """Give the last operation, unless the line is to be cut."""
        if self.cuts:
            self.cuts -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "the line is cut")
        operation = self.operation(name)
        operation.done = True
        operation.response.CopyFrom(
            Packed(
                type_url=f"type.googleapis.com/{PACKAGE}.ExecuteResponse", value=self.finished[name].SerializeToString()
            )
        )
        yield operation

    def operation(self, name: str) -> api.Operation:
        """Give an operation that is not done."""
        return api.Operation(name=name)

    def keep(self, digest: str, data: bytes) -> None:
        """Keep a blob under its own name only."""
        assert hashlib.sha256(data).hexdigest() == digest
        self.blobs[digest] = data

    def handlers(self) -> Iterator[grpc.GenericRpcHandler]:
        """Give what gRPC serves."""
        services: dict[str, dict[str, grpc.RpcMethodHandler[Any, Any]]] = defaultdict(dict)
        for name, (service, request, streams_in, streams_out) in METHODS.items():

            def many(asked: Any, context: grpc.ServicerContext, name: str = name) -> Iterator[Message]:  # noqa: ANN401
                return self.answer(name, asked, context)

            def one(asked: Any, context: grpc.ServicerContext, name: str = name) -> Message:  # noqa: ANN401
                return next(self.answer(name, asked, context))

            kind = f"{'stream' if streams_in else 'unary'}_{'stream' if streams_out else 'unary'}_rpc_method_handler"
            make = getattr(grpc, kind)
            services[service][name] = make(
                many if streams_out else one,
                request_deserializer=request.FromString,
                response_serializer=lambda message: message.SerializeToString(),
            )
        for service, methods in services.items():
            yield grpc.method_handlers_generic_handler(service, methods)


def handler(method: str) -> str:
    """Give the name of what answers a method."""
    return "on" + re.sub("(?=[A-Z])", "_", method).lower()


@contextmanager
def serving(script: ScriptedCluster) -> Iterator[str]:
    """Serve on a free port, and give the address."""
    server = grpc.server(ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers(tuple(script.handlers()))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"grpc://127.0.0.1:{port}/main"
    finally:
        script.closed.set()
        server.stop(0).wait()


def open_cluster(address: str, emit: Emit, credentials: Credentials | None = None) -> Cluster:
    """Give the client of a scripted cluster."""
    place = Place(parse_address(address, "test", plaintext=False), credentials or Credentials())
    return Cluster(place, emit)


@pytest.fixture
def script() -> Iterator[ScriptedCluster]:
    """Give a cluster that is served."""
    script = ScriptedCluster()
    with serving(script) as script.address:
        yield script
