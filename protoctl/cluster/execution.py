"""Actions that a cluster runs: sent, followed to their end, taken up again when the line breaks, or cancelled."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError

from protoctl.cluster import methods
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.digest import Digest
from protoctl.cluster.patience import Patience
from protoctl.errors import ClusterError
from protoctl.kit.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.cluster.blobs import BlobStorage
    from protoctl.cluster.connection import Answers

RESPONSE_TYPE = "build.bazel.remote.execution.v2.ExecuteResponse"
RECONNECTS = 3
"""How often a broken line is taken up again."""
FAREWELL = 1.0
"""Seconds in which a cluster is told that nobody waits any more."""
MESSAGES = 1 << 20
"""Bytes of a program's messages that are fetched."""
SAID = 1000
"""Characters of a program's last words that are shown."""


@dataclass(frozen=True)
class Task:
    """What a cluster is to run."""

    arguments: Sequence[str]
    """The program, looked for on the PATH below, and its arguments."""
    environment: Mapping[str, str]
    """All of it."""
    platform: Mapping[str, str]
    """What the worker is chosen by."""
    inputs: Mapping[str, bytes]
    """Name to content of the files in the working folder."""
    output: str
    """Name of the file that is wanted."""
    seconds: int
    """How long it may run."""


def encode(task: Task) -> tuple[Digest, dict[Digest, bytes]]:
    """Give the digest of a task's action and all blobs that it is made of, in their canonical form."""
    blobs = {Digest.of(data): data for data in task.inputs.values()}
    nodes = [api.FileNode(name=name, digest=Digest.of(data).message) for name, data in sorted(task.inputs.items())]
    properties = [api.Platform.Property(name=name, value=value) for name, value in sorted(task.platform.items())]
    platform = api.Platform(properties=properties)
    variables = [
        api.Command.EnvironmentVariable(name=name, value=value) for name, value in sorted(task.environment.items())
    ]
    command = api.Command(
        arguments=task.arguments,
        environment_variables=variables,
        output_files=[task.output],
        output_paths=[task.output],
        platform=platform,
    )
    parts = [message.SerializeToString(deterministic=True) for message in (command, api.Directory(files=nodes))]
    digests = [Digest.of(part) for part in parts]
    action = api.Action(
        command_digest=digests[0].message,
        input_root_digest=digests[1].message,
        timeout=Duration(seconds=task.seconds),
        platform=platform,
    ).SerializeToString(deterministic=True)
    return Digest.of(action), blobs | dict(zip(digests, parts, strict=True)) | {Digest.of(action): action}


class Execution:
    """One action on its way."""

    def __init__(self, blobs: BlobStorage, action: Digest) -> None:
        """Take where its blobs are, all of them, and the action."""
        self.blobs = blobs
        self.connection = blobs.connection
        self.action = action
        self.name = ""
        self.stream: Answers[api.Operation] | None = None
        self.is_cancelled = False

    def run(self) -> api.ActionResult:
        """Give the result of the action; raises ClusterError when it has none."""
        instance = self.connection.address.instance
        response = self.follow(api.ExecuteRequest(instance_name=instance, action_digest=self.action.message))
        if response.status.code:
            raise ClusterError(f"it could not run the compiler: {printable(response.status.message)[:SAID]}")
        return response.result

    def follow(self, request: api.ExecuteRequest) -> api.ExecuteResponse:
        """Wait for the end of the operation, on a new line where one breaks."""
        for _ in range(RECONNECTS):
            try:
                found = self.listen(self.open(request))
            except ClusterError as error:
                if error.code != "UNAVAILABLE" or self.is_cancelled:
                    raise
                continue
            if found:
                return found
        raise ClusterError("it does not say how the work ended")

    def open(self, request: api.ExecuteRequest) -> Answers[api.Operation]:
        """Begin the operation, or go on listening to it."""
        if self.name:
            self.stream = self.connection.stream(methods.WAIT, api.WaitExecutionRequest(name=self.name))
        else:
            self.stream = self.connection.stream(methods.EXECUTE, request)
        if self.is_cancelled:
            self.stream.cancel()
        return self.stream

    def listen(self, stream: Answers[api.Operation]) -> api.ExecuteResponse | None:
        """Give the end of the operation, None when the line ends before."""
        with self.blobs.patience.waiting() as wait:
            for operation in wait.on(stream):
                self.name = operation.name
                if operation.done:
                    return read_response(operation)
        return None

    def output(self, result: api.ActionResult, name: str, limit: int) -> bytes:
        """Give a file of a result; raises ClusterError when the program failed, or the file is not there."""
        if result.exit_code:
            what = f"the toolchain's driver failed there with {result.exit_code}"
            raise ClusterError(what, said=last_line(self.messages(result)))
        digests = [Digest.read(file.digest, limit) for file in result.output_files if file.path == name]
        found = self.blobs.read(digests[:1])
        if not found:
            raise ClusterError("it lost what the compiler wrote")
        return found[digests[0]]

    def messages(self, result: api.ActionResult) -> bytes:
        """Give what a program said to standard error, at most MESSAGES of it."""
        if result.stderr_raw or not result.stderr_digest.size_bytes:
            return result.stderr_raw
        digest = Digest.read(result.stderr_digest, MESSAGES)
        return self.blobs.read([digest]).get(digest, b"")

    def cancel(self) -> None:
        """Wait no longer, and tell the cluster, which may or may not know how to end what runs."""
        self.is_cancelled = True
        if self.stream:
            self.stream.cancel()
        if self.name:
            with suppress(ClusterError), Patience(FAREWELL).waiting() as wait:
                wait.on(self.connection.start(methods.CANCEL, api.CancelOperationRequest(name=self.name))).result()


def last_line(messages: bytes) -> str:
    """Give the end of a program's messages: of a traceback, what was raised."""
    return printable(messages.decode(errors="replace").rstrip().rpartition("\n")[2])[-SAID:]


def read_response(operation: api.Operation) -> api.ExecuteResponse:
    """Give what an operation ended with; raises ClusterError for anything else."""
    if operation.HasField("error"):
        raise ClusterError(f"it could not run the compiler: {printable(operation.error.message)[:SAID]}")
    response = api.ExecuteResponse()
    try:
        if operation.response.type_url.rpartition("/")[2] == RESPONSE_TYPE:
            response.ParseFromString(operation.response.value)
            return response
    except DecodeError as error:
        raise ClusterError("its answer cannot be read") from error
    raise ClusterError("its answer is of another kind")
