"""Results that a team shares: kept in a folder here and in a cluster there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import ClusterError
from protoctl.kit.archive import UnsafeArchiveError, read_tar
from protoctl.kit.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.cache.uploads import Uploads
    from protoctl.cluster.cluster import Cluster
    from protoctl.kit.trace import Trace
    from protoctl.model.runner import ResultStore


class SharedStore:
    """A ResultStore in front of a nearer one: what it does not have is asked of the cluster and kept there."""

    def __init__(self, near: ResultStore, cluster: Cluster, uploads: Uploads | None, trace: Trace) -> None:
        """Take the nearer store, the cluster, what takes results there, None where they are only read, and a trace."""
        self.near = near
        self.cluster = cluster
        self.uploads = uploads
        self.trace = trace

    def load(self, digest: str) -> dict[str, bytes] | None:
        """Give the files saved under the digest, or None."""
        return self.load_all([digest]).get(digest)

    def load_all(self, digests: Iterable[str]) -> dict[str, dict[str, bytes]]:
        """Give digest to files for those that are kept here or there."""
        wanted = list(digests)
        found = self.near.load_all(wanted)
        missing = [digest for digest in wanted if digest not in found]
        if missing:
            nothing: dict[str, dict[str, bytes]] = {}
            with self.trace.span("cluster", plural(len(missing), "result")):
                fetched = self.cluster.attempt(lambda: self.fetch(missing), nothing)
            for digest, files in fetched.items():
                self.near.save(digest, files)
            found |= fetched
        return found

    def fetch(self, digests: Iterable[str]) -> dict[str, dict[str, bytes]]:
        """Give what the cluster has; raises ClusterError."""
        contents = self.cluster.results(self.cluster.patience).read(digests)
        try:
            return {digest: read_tar(data) for digest, data in contents.items()}
        except UnsafeArchiveError as error:
            raise ClusterError("it gave a result that cannot be read", said=str(error)) from error

    def save(self, digest: str, files: dict[str, bytes]) -> None:
        """Keep the files here, and there as soon as the line is free."""
        self.near.save(digest, files)
        if self.uploads:
            self.uploads.add(digest, files)

    def finish(self) -> None:
        """Wait a moment for what is still on its way."""
        if self.uploads:
            self.uploads.finish()
