"""Modules that took each other's names: what was released as one is now in the other."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protoctl.schema.view import Schema

MOST = 0.8
"""The share of a module's names that makes another module its heir."""


def find_swaps(baseline: Schema, current: Schema) -> list[tuple[str, str]]:
    """Give pairs of modules that each hold now what the other was, sorted.

    A name counts without its proto_package, which follows the folder. One that both modules have proves nothing.
    """
    before, now = names_by_module(baseline), names_by_module(current)
    shared = sorted({*before} & {*now})
    return [
        (one, other)
        for one, other in combinations(shared, 2)
        if is_heir(before[one], now[other], now[one]) and is_heir(before[other], now[one], now[other])
    ]


def is_heir(before: set[str], other: set[str], own: set[str]) -> bool:
    """Tell whether most of what a module was is in another one, and hardly anything in itself."""
    told = {name for name in before if (name in other) != (name in own)}
    return len(told) > 1 and len(told & other) >= MOST * len(before)


def names_by_module(schema: Schema) -> dict[str, set[str]]:
    """Give module → the names at the top of its files, without proto_packages."""
    names: dict[str, set[str]] = defaultdict(set)
    for file in schema.own_files():
        found = (one.name for group in (file.message_type, file.enum_type, file.service) for one in group)
        names[schema.owners[file.name]].update(found)
    return names
