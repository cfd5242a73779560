"""All pairs of a history, judged by several processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replay.history import open_history
from replay.pairs import Workshop
from replay.steps import order_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from replay.history import Tag
    from replay.pairs import Judged
    from replay.steps import Order, Release

CHUNK = 8
"""Neighbouring pairs that one process judges in a row, since they share tags."""


@dataclass(frozen=True)
class Replay:
    """What came of a history."""

    source: str
    """As it was named."""
    tags: tuple[Tag, ...]
    """All that lead to a tree."""
    order: Order
    """Which of them are versions, and which came before which."""
    pairs: tuple[Judged, ...]
    """Those that were judged, in order."""


@dataclass(frozen=True)
class Wish:
    """Which pairs are judged, and how."""

    sample: int = 0
    """How many neighbouring pairs, spread evenly; 0 for all."""
    finals: bool = False
    """Whether pre-releases are passed over."""
    processes: int = 2
    """How many work at once."""


def replay(source: str, work: Path, wish: Wish, tell: Callable[[int, int, Judged], None]) -> Replay:
    """Judge the neighbouring tags of a repository; raises HistoryError. `tell` hears of each pair, in order."""
    work.mkdir(parents=True, exist_ok=True)
    history = open_history(source, work / "repository.git")
    tags = history.tags()
    order = order_tags(tags)
    if wish.finals:
        order = order.without_prereleases()
    chosen = spread(order.pairs(), wish.sample)
    workshop = Workshop(history.folder, work)
    pairs = []
    for judged in judge_all(workshop, chosen, wish.processes):
        pairs.append(judged)
        tell(len(pairs), len(chosen), judged)
    return Replay(source, tuple(tags), order, tuple(pairs))


def judge_all(workshop: Workshop, pairs: Sequence[tuple[Release, Release]], processes: int) -> Iterator[Judged]:
    """Judge pairs in order."""
    if processes < 2 or len(pairs) < 2 * CHUNK:
        yield from (workshop.judge(*pair) for pair in pairs)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(workshop.judge, *zip(*pairs, strict=True), chunksize=CHUNK)


def spread(pairs: Sequence[tuple[Release, Release]], sample: int) -> list[tuple[Release, Release]]:
    """Give `sample` of the pairs at even distances, all for 0."""
    if not sample or sample >= len(pairs):
        return list(pairs)
    return [pairs[at * len(pairs) // sample] for at in range(sample)]
