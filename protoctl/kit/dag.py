"""Order and cycles of a directed graph."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def order(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Give every node after all that it needs, ties in sorted order; `find_cycle` must have given none."""
    sorter = TopologicalSorter({node: sorted(needs[node]) for node in sorted(needs)})
    sorter.prepare()
    result: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        result += ready
        sorter.done(*ready)
    return result


def find_cycle(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Give one cycle as `(a, b, a)` where a needs b and b needs a, or nothing."""
    try:
        TopologicalSorter({node: sorted(needs[node]) for node in sorted(needs)}).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def closure(start: Iterable[str], needs: Mapping[str, Iterable[str]]) -> set[str]:
    """Give the start and all that it needs, directly or not."""
    seen: set[str] = set()
    queue = list(start)
    while queue:
        node = queue.pop()
        if node not in seen:
            seen.add(node)
            queue += needs.get(node, ())
    return seen
