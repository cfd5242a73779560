"""The action cache: a result is kept as that of an action that nobody runs, whose command names the result's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.cluster import methods
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.digest import EMPTY, Digest
from protoctl.errors import ClusterError
from protoctl.kit.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.cluster.blobs import BlobStorage
    from protoctl.cluster.connection import Pending

RESULT_LIMIT = 256 << 20
"""Bytes of one result."""
ASKED = 16
"""Questions that are on their way together: servers refuse more than they have threads."""
HIT = 10
"""How many answers one is worth that spares work."""


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
        self.instance = blobs.instance
        self.patience = blobs.patience

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Give key to content for what is there, verified; raises ClusterError."""
        found = self.ask(dict.fromkeys(keys))
        contents = self.blobs.read(found.values())
        return {key: contents[digest] for key, digest in found.items() if digest in contents}

    def ask(self, keys: Iterable[str]) -> dict[str, Digest]:
        """Give key to the digest of its content for what is there."""
        found: dict[str, Digest] = {}
        with self.patience.waiting() as wait:
            for key, call in ahead(((key, wait.on(self.get(key))) for key in keys), ASKED):
                try:
                    found[key] = read_result(key, call.result())
                except ClusterError as error:
                    if error.code != "NOT_FOUND":
                        raise
                self.patience.earn(answers=HIT if key in found else 1)
        return found

    def get(self, key: str) -> Pending[api.ActionResult]:
        """Begin to ask for a result."""
        request = api.GetActionResultRequest(instance_name=self.instance, action_digest=action_digest(key))
        return self.connection.start(methods.GET_RESULT, request)

    def write(self, results: Mapping[str, bytes]) -> None:
        """Keep results: first what they are made of, then what names them; raises ClusterError."""
        blobs = {Digest.of(data): data for data in results.values()}
        for key in results:
            blobs |= {Digest.of(data): data for data in describe(key)}
        self.blobs.write(blobs)
        with self.patience.waiting() as wait:
            for call in ahead((wait.on(self.update(*one)) for one in results.items()), ASKED):
                call.result()
                self.patience.earn(answers=1)

    def update(self, key: str, data: bytes) -> Pending[api.ActionResult]:
        """Begin to keep a result whose content is there."""
        file = api.OutputFile(path=name(key), digest=Digest.of(data).message)
        result = api.ActionResult(output_files=[file])
        request = api.UpdateActionResultRequest(
            instance_name=self.instance, action_digest=action_digest(key), action_result=result
        )
        return self.connection.start(methods.UPDATE_RESULT, request)


def action_digest(key: str) -> api.Digest:
    """Give the digest of a key's action."""
    return Digest.of(describe(key)[1]).message


def read_result(key: str, result: api.ActionResult) -> Digest:
    """Give the digest of a result's content; raises ClusterError for a result of something else."""
    if result.exit_code or [file.path for file in result.output_files] != [name(key)]:
        raise ClusterError("it gave a result that nobody asked for")
    return Digest.read(result.output_files[0].digest, RESULT_LIMIT)
