"""Fields that get another number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from protoctl.differences.rule import BREAK, Rule
from protoctl.model.change import Change, Effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field

CHANGED = Rule(
    "field-number-changed",
    "A field has another number: stored bytes and running programs lose its value, or read it as another field's",
    Change.MAJOR,
    Effects(wire=BREAK),
)
RULES = (CHANGED,)
WITHIN = (FieldDescriptorProto.NUMBER_FIELD_NUMBER,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields whose number differs; of two that were swapped, both."""
    for pair in comparison.fields.both:
        before, now = pair.baseline, pair.current
        old, new = before.descriptor.number, now.descriptor.number
        if old != new:
            taken = owner_of(before, new)
            whose = f", which was the number of {taken}" if taken else ""
            words = f"field {now.full_name} changes its number from {old} to {new}{whose}"
            yield CHANGED.on_pair(
                comparison, pair, words, at=(WITHIN, WITHIN), remedy=f"keep the number {old}: any other is a new field"
            )


def owner_of(field: Field, number: int) -> str:
    """Give the name of the field with a number beside another field; nothing when there is none."""
    message = field.around
    return next((one.name for one in message.descriptor.field if one.number == number), "") if message else ""
