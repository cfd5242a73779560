"""The methods that are called, by their own paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from protoctl.cluster.api import cluster_pb2 as api

if TYPE_CHECKING:
    from google.protobuf.message import Message

Answer = TypeVar("Answer", bound="Message")
EXECUTION = "/build.bazel.remote.execution.v2"


@dataclass(frozen=True)
class Method(Generic[Answer]):
    """A method of a service."""

    path: str
    """`/PACKAGE.SERVICE/METHOD`"""
    answer: type[Answer]
    """What it answers, once or as a stream."""


CAPABILITIES = Method(f"{EXECUTION}.Capabilities/GetCapabilities", api.ServerCapabilities)
GET_RESULT = Method(f"{EXECUTION}.ActionCache/GetActionResult", api.ActionResult)
UPDATE_RESULT = Method(f"{EXECUTION}.ActionCache/UpdateActionResult", api.ActionResult)
FIND_MISSING = Method(f"{EXECUTION}.ContentAddressableStorage/FindMissingBlobs", api.FindMissingBlobsResponse)
READ_BATCH = Method(f"{EXECUTION}.ContentAddressableStorage/BatchReadBlobs", api.BatchReadBlobsResponse)
WRITE_BATCH = Method(f"{EXECUTION}.ContentAddressableStorage/BatchUpdateBlobs", api.BatchUpdateBlobsResponse)
EXECUTE = Method(f"{EXECUTION}.Execution/Execute", api.Operation)
WAIT = Method(f"{EXECUTION}.Execution/WaitExecution", api.Operation)
CANCEL = Method("/google.longrunning.Operations/CancelOperation", api.CancelOperationRequest)
READ = Method("/google.bytestream.ByteStream/Read", api.ReadResponse)
WRITE = Method("/google.bytestream.ByteStream/Write", api.WriteResponse)
