"""How work is divided: pieces that take about the same time, few enough that starting them costs little."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from protoctl.codegen.plugin import Job, Plugin

BYTES = 8 << 20
"""Of descriptors that one process gets at most, unless a single share is larger: what is finished early can be packed
early."""
HELD = 40
"""Bytes that a process holds for each byte of descriptors, about: protoc-gen-es 30, the others less."""
SECONDS = 0.6
"""Of work that is worth a process: starting one costs 0.15 to 0.25 s."""
RUNS = 2
"""Processes for each core, so that the last ones end at about the same time."""
UNIT = 10_000 * 1000
"""A weight of 1 is a millisecond for 10,000 bytes of descriptors."""


@dataclass(frozen=True)
class Piece:
    """What one process generates."""

    plugin: Plugin
    """What generates."""
    shares: tuple[Job, ...]
    """What for."""
    seconds: float
    """How long that is expected to take."""


def divide(missing: Mapping[Plugin, Sequence[Job]], sizes: Mapping[Job, int], cores: int, memory: int) -> list[Piece]:
    """Give pieces in the order of their start; shares of a plugin stay in their order, so that modules end early.

    `sizes` is the bytes of the descriptors that a share is generated from, `memory` those that all processes may hold
    together. The pieces of all plugins advance together; of a component with more plugins first, since its packages
    wait for all of them, then the longest.
    """
    held = min(BYTES, max(memory // (cores * HELD), 1))
    total = sum(seconds(share, sizes) for shares in missing.values() for share in shares)
    most = max(total / (cores * RUNS), SECONDS)
    beside = Counter(plugin.component for plugin in missing)
    placed = [
        (number / len(pieces), -beside[plugin.component], -piece.seconds, piece)
        for plugin, shares in missing.items()
        for pieces in [list(cut(plugin, shares, sizes, (most, held)))]
        for number, piece in enumerate(pieces)
    ]
    return [piece for *_, piece in sorted(placed, key=lambda one: one[:3])]


def cut(plugin: Plugin, shares: Sequence[Job], sizes: Mapping[Job, int], bounds: tuple[float, int]) -> Iterator[Piece]:
    """Give pieces of about the same size that take at most so many seconds and bytes, none of them a small rest."""
    most, bytes_held = bounds
    needed = sum(seconds(share, sizes) for share in shares)
    held = sum(sizes[share] for share in shares)
    count = max(round(needed / most), -(-held // bytes_held), 1)
    part: list[Job] = []
    taken = done = 0.0
    for share in shares:
        part.append(share)
        taken += seconds(share, sizes)
        if taken >= needed * (done + 1) / count:
            yield Piece(plugin, tuple(part), sum(seconds(one, sizes) for one in part))
            part, done = [], done + 1
    if part:
        yield Piece(plugin, tuple(part), sum(seconds(one, sizes) for one in part))


def seconds(share: Job, sizes: Mapping[Job, int]) -> float:
    """Give how long a share is expected to take."""
    return share.plugin.weight * sizes[share] / UNIT
