"""Oneofs that are gone or renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.schema.trim import default_json_name
from protoctl.versioning.elements import members_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

DELETED = Rule(
    "oneof-deleted",
    "A oneof is gone with its fields: code that asks which is set fails",
    Change.MAJOR,
    Effects(python=BREAK, node=BREAK),
)
RENAMED = Rule(
    "oneof-renamed",
    "A oneof has another name: code that asks which of its fields is set fails",
    Change.MAJOR,
    Effects(python=BREAK, node=BREAK),
)
RULES = (DELETED, RENAMED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give oneofs under another name, and those that are gone with all their fields."""
    for pair in comparison.oneofs.renamed:
        before, now = pair.baseline.name, pair.current.name
        words = f"oneof {pair.baseline.full_name} is renamed to {now}"
        node = SAFE if default_json_name(before) == default_json_name(now) else BREAK
        effects = RENAMED.effects._replace(node=node)
        yield RENAMED.on_pair(comparison, pair, words, effects=effects, remedy=f"keep the name {before}")
    kept = {one.baseline.full_name for one in comparison.fields.both}
    for oneof in comparison.oneofs.deleted:
        scope = oneof.around.full_name if oneof.around else ""
        if not any(f"{scope}.{name}" in kept for name in members_of(oneof)):
            yield DELETED.on_deleted(comparison, oneof, f"oneof {oneof.full_name} is deleted")
