"""Enums that are gone or new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, SAFE, Rule
from protoctl.model.change import Change, Effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

DELETED = Rule(
    "enum-deleted",
    "An enum is gone: code that names it or its values fails",
    Change.MAJOR,
    Effects(wire=SAFE, json=SAFE, python=BREAK, node=BREAK),
)
ADDED = Rule("enum-added", "An enum is new", Change.MINOR)
RULES = (DELETED, ADDED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give enums that only one side has."""
    for enum in comparison.enums.deleted:
        yield DELETED.on_deleted(comparison, enum, f"enum {enum.full_name} is deleted")
    for enum in comparison.enums.added:
        yield ADDED.on_added(comparison, enum, f"enum {enum.full_name} is new")
