"""Fields that are declared in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import Rule
from protoctl.model.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

CHANGED = Rule("field-order-changed", "Fields are declared in another order, which nothing depends on", Change.PATCH)
RULES = (CHANGED,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give messages whose fields, as far as both sides have them, stand in another order."""
    for pair in comparison.messages.both:
        before = [one.name for one in pair.baseline.descriptor.field]
        now = [one.name for one in pair.current.descriptor.field]
        shared = set(before) & set(now)
        if [name for name in before if name in shared] != [name for name in now if name in shared]:
            words = f"message {pair.current.full_name} declares its fields in another order"
            yield CHANGED.on_pair(comparison, pair, words)
