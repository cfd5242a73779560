"""The one place that speaks gRPC: calls whose faults are ClusterErrors; how long they may take is said elsewhere."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from protoctl import __version__
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.methods import Answer
from protoctl.errors import ClusterError
from protoctl.kit.background import run_within
from protoctl.kit.text import clock_hint, printable

QUIET = {} if "GRPC_VERBOSITY" in os.environ else {"GRPC_VERBOSITY": "NONE"}
"""Read while gRPC is imported: what it would print beside our messages is in its errors."""
try:
    os.environ.update(QUIET)
    import grpc
except ImportError as error:
    raise ClusterError("speaking to a cluster takes gRPC", hint="install protoctl[remote]") from error
finally:
    for variable in QUIET:
        del os.environ[variable]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.message import Message

    from protoctl.cluster.address import Address
    from protoctl.cluster.credentials import Credentials
    from protoctl.cluster.methods import Method

MESSAGE_LIMIT = 8 << 20
"""Bytes of one answer; servers keep to 4 MiB, which is gRPC's own limit."""
FAREWELL = 1.0
"""Seconds in which calls are ended."""
SAID = 200
"""Characters of a server's words that are shown."""
RETRY = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
}
"""A server that restarts, or has no thread left, is asked again while we are patient (grpc.io/docs/guides/retry)."""
OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.enable_retries", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),  # else a retry waits for a second
    ("grpc.service_config", json.dumps({"methodConfig": [{"name": [{}], "retryPolicy": RETRY}]})),
    ("grpc.primary_user_agent", f"protoctl/{__version__}"),
)
METADATA = "build.bazel.remote.execution.v2.requestmetadata-bin"
"""Who asks, for whoever looks at a cluster's log (remote_execution.proto, RequestMetadata)."""
REFUSALS = {"UNAUTHENTICATED", "PERMISSION_DENIED"}


Given_co = TypeVar("Given_co", covariant=True)


class Future(Protocol[Given_co]):
    """gRPC's call of one answer."""

    def result(self) -> Given_co:
        """Wait for the answer."""
        ...

    def cancel(self) -> bool:
        """End the call."""
        ...


class Stream(Protocol[Given_co]):
    """gRPC's call of many answers."""

    def __iter__(self) -> Iterator[Given_co]:
        """Wait for each."""
        ...

    def cancel(self) -> bool:
        """End the call."""
        ...


class Pending(Generic[Answer]):
    """An answer that is on its way."""

    def __init__(self, future: Future[Answer]) -> None:
        """Take gRPC's own."""
        self.future = future

    def result(self) -> Answer:
        """Wait for the answer; raises ClusterError."""
        with translated():
            return self.future.result()

    def cancel(self) -> None:
        """Tell the server that nobody waits any more."""
        self.future.cancel()


class Answers(Generic[Answer]):
    """A stream of answers; iterating raises ClusterError."""

    def __init__(self, call: Stream[Answer]) -> None:
        """Take gRPC's own."""
        self.call = call

    def __iter__(self) -> Iterator[Answer]:
        """Give each answer when it comes."""
        with translated():
            yield from self.call

    def cancel(self) -> None:
        """End the stream, also for a thread that waits for it."""
        self.call.cancel()


class Connection:
    """A channel to a cluster; it connects with the first call, and calls may be made by several threads."""

    def __init__(self, address: Address, credentials: Credentials) -> None:
        """Take where the cluster is and what is shown to it."""
        self.address = address
        details = api.RequestMetadata(tool_details=api.ToolDetails(tool_name="protoctl", tool_version=__version__))
        shown = [(name, secret.reveal()) for name, secret in credentials.headers]
        self.metadata: tuple[tuple[str, str | bytes], ...] = ((METADATA, details.SerializeToString()), *shown)
        self.channel = open_channel(address, credentials)

    def start(self, method: Method[Answer], request: Message) -> Pending[Answer]:
        """Begin a call of one answer."""
        with translated():
            call = self.channel.unary_unary(method.path, serialize, method.answer.FromString)
            return Pending(call.future(request, metadata=self.metadata))

    def stream(self, method: Method[Answer], request: Message) -> Answers[Answer]:
        """Begin a call of many answers."""
        with translated():
            call = self.channel.unary_stream(method.path, serialize, method.answer.FromString)
            return Answers(call(request, metadata=self.metadata))

    def send(self, method: Method[Answer], requests: Iterable[Message]) -> Pending[Answer]:
        """Begin to send many messages, which have one answer."""
        with translated():
            call = self.channel.stream_unary(method.path, serialize, method.answer.FromString)
            return Pending(call.future(iter(requests), metadata=self.metadata))

    def close(self) -> None:
        """End all calls; gRPC would wait without end for one in whose beginning an interrupt came."""
        with suppress(TimeoutError):
            run_within(FAREWELL, self.channel.close)


def serialize(message: Message) -> bytes:
    """Give the message as bytes."""
    return message.SerializeToString()


def open_channel(address: Address, credentials: Credentials) -> grpc.Channel:
    """Give a channel that has not connected yet; raises ClusterError for keys that are none."""
    if not address.is_secure:
        return grpc.insecure_channel(address.target, OPTIONS)
    key = credentials.key.reveal().encode("latin-1") if credentials.key else None
    secured = grpc.ssl_channel_credentials(credentials.authority, key, credentials.certificate)
    return grpc.secure_channel(address.target, secured, OPTIONS)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what gRPC raises into a ClusterError."""
    try:
        yield
    except grpc.FutureCancelledError as error:
        raise ClusterError("the call was cancelled", code="CANCELLED") from error
    except ValueError as error:  # all that gRPC says of a channel that is closed
        raise ClusterError("the connection is closed", code="CANCELLED", said=str(error)) from error
    except grpc.RpcError as error:
        raise explain(error) from error


def explain(error: grpc.RpcError) -> ClusterError:
    """Give the error for a status, with the server's words."""
    status = error.code() if isinstance(error, grpc.Call) else None
    code = status.name if status else "UNKNOWN"
    said = printable(str(error.details() if isinstance(error, grpc.Call) else error))[:SAID]
    hint = clock_hint(said)
    if code in REFUSALS:
        hint = "set PROTOCTL_REMOTE_HEADER, or PROTOCTL_REMOTE_CERTIFICATE and PROTOCTL_REMOTE_KEY"
    elif "ssl" in said.lower() or "certificate" in said.lower():
        hint = hint or "name a private authority in PROTOCTL_REMOTE_CA"
    return ClusterError(f"{code}: {said}" if said else code, code=code, hint=hint)
