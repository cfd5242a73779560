"""Fields that hold one value and then many, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import map_entry_of
from protoctl.versioning.field_encoding import is_packed
from protoctl.versioning.field_types import is_repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field

CHANGED = Rule(
    "field-cardinality-changed",
    "A field changes between one value and many: its attribute is another one in code, and JSON writes a list; "
    "of strings, bytes and messages the bytes can still be read, of packed numbers they cannot",
    Change.MAJOR,
    Effects(wire=BREAK, json=BREAK, python=BREAK, node=BREAK),
)
PACKED_CHANGED = Rule(
    "field-packed-changed",
    "A repeated field is written packed or no longer so: every parser reads both",
    Change.PATCH,
)
RULES = (CHANGED, PACKED_CHANGED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields with another label, or repeated ones with another encoding; what is or was a map has another type."""
    for pair in comparison.fields.both:
        before, now = pair.baseline, pair.current
        name = now.full_name
        if is_repeated(before.descriptor) != is_repeated(now.descriptor):
            if map_entry_of(before) is None and map_entry_of(now) is None:
                words = f"field {name} changes from {cardinality_of(before)} to {cardinality_of(now)}"
                yield CHANGED.on_pair(
                    comparison,
                    pair,
                    words,
                    effects=CHANGED.effects._replace(wire=CONDITIONAL if is_unpacked(before, now) else BREAK),
                    remedy="add a new field and deprecate this one",
                )
        elif is_packed(before) != is_packed(now) and before.descriptor.type == now.descriptor.type:
            words = f"field {name} changes from {encoding_of(before)} to {encoding_of(now)}"
            yield PACKED_CHANGED.on_pair(comparison, pair, words)


def is_unpacked(*sides: Field) -> bool:
    """Tell whether each value stands alone on the wire on both sides, so that a reader of one takes the last."""
    return not any(is_packed(side) for side in sides)


def cardinality_of(field: Field) -> str:
    """Give the word for how many values a field has."""
    return "repeated" if is_repeated(field.descriptor) else "singular"


def encoding_of(field: Field) -> str:
    """Give the word for how a repeated field is written."""
    return "packed" if is_packed(field) else "expanded"
