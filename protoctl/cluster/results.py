"""The action cache: a result is kept as that of an action that nobody runs, whose command names the result's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.cluster import methods
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.blobs import EMPTY, Digest
from protoctl.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.cluster.blobs import BlobStorage

RESULT_LIMIT = 256 << 20
"""Bytes of one result."""
ASKED = 128
"""Questions that are on their way together."""


def describe(key: str) -> tuple[bytes, bytes]:
    """Give the command and the action of a key, as they are stored: equal on every machine."""
    command = api.Command(arguments=["protoctl", "result", key], output_files=[name(key)], output_paths=[name(key)])
    encoded = command.SerializeToString(deterministic=True)
    action = api.Action(command_digest=Digest.of(encoded).message, input_root_digest=EMPTY.message)
    return encoded, action.SerializeToString(deterministic=True)


def name(key: str) -> str:
    """Give the path of a result's one file; it holds the key, so that a result of another key does not pass."""
    return f"{key}.tar"


class ResultCache:
    """A cluster's action cache."""

    def __init__(self, blobs: BlobStorage) -> None:
        """Take where the results themselves are."""
        self.blobs = blobs
        self.connection = blobs.connection
        self.patience = blobs.patience

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Give key to content for what is there, verified; raises ClusterError."""
        unique = list(dict.fromkeys(keys))
        found: dict[str, Digest] = {}
        for start in range(0, len(unique), ASKED):
            found |= self.ask(unique[start : start + ASKED])
        contents = self.blobs.read(found.values())
        return {key: contents[digest] for key, digest in found.items() if digest in contents}

    def ask(self, keys: Iterable[str]) -> dict[str, Digest]:
        """Give key to the digest of its content for what is there."""
        found: dict[str, Digest] = {}
        with self.patience.waiting() as wait:
            pending = {}
            for key in keys:
                digest = Digest.of(describe(key)[1]).message
                request = api.GetActionResultRequest(
                    instance_name=self.connection.address.instance, action_digest=digest
                )
                pending[key] = wait.on(self.connection.start(methods.GET_RESULT, request))
            for key, call in pending.items():
                try:
                    found[key] = read_result(key, call.result())
                except ClusterError as error:
                    if error.code != "NOT_FOUND":
                        raise
                self.patience.earn(answers=1)
        return found

    def write(self, results: Mapping[str, bytes]) -> None:
        """Keep results: first what they are made of, then what names them; raises ClusterError."""
        blobs = {Digest.of(data): data for data in results.values()}
        for key in results:
            blobs |= {Digest.of(data): data for data in describe(key)}
        self.blobs.write(blobs)
        with self.patience.waiting() as wait:
            pending = []
            for key, data in results.items():
                file = api.OutputFile(path=name(key), digest=Digest.of(data).message)
                request = api.UpdateActionResultRequest(
                    instance_name=self.connection.address.instance,
                    action_digest=Digest.of(describe(key)[1]).message,
                    action_result=api.ActionResult(output_files=[file]),
                )
                pending.append(wait.on(self.connection.start(methods.UPDATE_RESULT, request)))
            for call in pending:
                call.result()
                self.patience.earn(answers=1)


def read_result(key: str, result: api.ActionResult) -> Digest:
    """Give the digest of a result's content; raises ClusterError for a result of something else."""
    if result.exit_code or [file.path for file in result.output_files] != [name(key)]:
        raise ClusterError("it gave a result that nobody asked for")
    return Digest.read(result.output_files[0].digest, RESULT_LIMIT)
