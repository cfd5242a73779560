"""Work that is begun before its turn."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Item = TypeVar("Item")


def ahead(items: Iterable[Item], count: int) -> Iterator[Item]:
    """Give the items in order, each when `count` have been taken from there on: what taking one begins goes on."""
    taken: deque[Item] = deque()
    for item in items:
        taken.append(item)
        if len(taken) >= count:
            yield taken.popleft()
    yield from taken
