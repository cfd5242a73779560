"""Results on their way to a cluster, on a thread of their own: no build waits for it, but for a moment at its end."""

from __future__ import annotations

from threading import Condition, Thread
from typing import TYPE_CHECKING

from protoctl.cluster.patience import Patience
from protoctl.errors import ClusterError
from protoctl.kit.archive import pack_tar
from protoctl.kit.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.cluster.cluster import Cluster

WAITING_LIMIT = 256 << 20
"""Bytes of results that wait for the line; they are in memory."""
GROUP_LIMIT = 8 << 20
"""Bytes of results that are sent together."""
SILENCE = 10.0
"""Seconds for a group of results; nobody waits for them meanwhile."""


class Uploads:
    """A line of results."""

    def __init__(self, cluster: Cluster) -> None:
        """Take where they go."""
        self.cluster = cluster
        self.waiting: dict[str, Mapping[str, bytes]] = {}
        self.size = 0
        self.is_sending = False
        self.is_over = False
        self.left_out = 0
        self.changed = Condition()
        self.parting = Patience()

    def add(self, digest: str, files: Mapping[str, bytes]) -> None:
        """Let a result wait for its turn, unless too much waits already."""
        size = sum(map(len, files.values()))
        with self.changed:
            if self.is_over or self.cluster.is_lost:
                return
            if self.size + size > WAITING_LIMIT:
                self.left_out += 1
                return
            self.waiting[digest] = files
            self.size += size
            if not self.is_sending:
                self.is_sending = True
                Thread(target=self.send_all, daemon=True).start()

    def send_all(self) -> None:
        """Send what waits, until nothing does."""
        while group := self.take():
            try:
                self.send(group)
            except ClusterError as error:
                self.end(error)

    def send(self, group: Mapping[str, Mapping[str, bytes]]) -> None:
        """Send some results; raises ClusterError."""
        capabilities = self.cluster.attempt(self.cluster.open, None)
        if not capabilities:
            return
        if not capabilities.may_write:
            raise ClusterError("it takes no results from here", hint='say write = "never" in [cache]')
        contents = {digest: pack_tar(files) for digest, files in group.items()}
        self.cluster.results(Patience(SILENCE)).write(contents)
        self.parting.earn(size=sum(map(len, contents.values())))

    def take(self) -> dict[str, Mapping[str, bytes]]:
        """Give the next results; nothing when all are sent, or none is to be sent any more."""
        group: dict[str, Mapping[str, bytes]] = {}
        size = 0
        with self.changed:
            while self.waiting and size < GROUP_LIMIT and not self.is_over:
                digest, files = self.waiting.popitem()
                group[digest] = files
                size += sum(map(len, files.values()))
            self.size -= size
            if not group:
                self.is_sending = False
                self.changed.notify_all()
        return group

    def end(self, error: ClusterError) -> None:
        """Send nothing more, and say why."""
        with self.changed:
            self.is_over = True
            self.waiting.clear()
            self.size = 0
        self.cluster.warn(error, "results are not shared")

    def finish(self) -> None:
        """Wait for what is on its way: a moment, and longer for a line that moves; say what was not shared."""
        with self.changed, self.parting.counted():
            while self.is_sending and self.parting.left() > 0:
                self.changed.wait(self.parting.left())
            left_out = self.left_out + (len(self.waiting) + 1 if self.is_sending else 0)
            is_late = left_out and not self.is_over
        if is_late:
            what = f"it takes results slower than they are made, {plural(left_out, 'result')} or more are left out"
            self.end(ClusterError(what))
