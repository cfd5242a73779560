"""Fields that get another type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from protoctl.differences.rule import BREAK, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import map_entry_of
from protoctl.versioning.field_types import declared_type, is_message, written_type
from protoctl.versioning.type_effects import type_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.schema.view import Path
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field

CHANGED = Rule(
    "field-type-changed",
    "A field has another type: what the types share decides who can go on reading it",
    Change.MAJOR,
    Effects(wire=BREAK, json=BREAK, python=BREAK, node=BREAK),
)
RULES = (CHANGED,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields whose type is another one, not only called another name."""
    for pair in comparison.fields.both:
        effects = type_effects(comparison, pair)
        if effects is not None:
            before, now = told_types(pair.baseline, pair.current)
            yield CHANGED.on_pair(
                comparison,
                pair,
                f"field {pair.current.full_name} changes its type from {before} to {now}",
                at=(type_path(pair.baseline), type_path(pair.current)),
                effects=effects,
                remedy="add a new field and deprecate this one",
            )


def told_types(before: Field, now: Field) -> tuple[str, str]:
    """Give both types in words that differ."""
    if (map_entry_of(before) is None) != (map_entry_of(now) is None):
        return declared_type(before), declared_type(now)
    names = written_type(before), written_type(now)
    if names[0] != names[1]:
        return names
    kinds = ["message" if is_message(side.descriptor) else "enum" for side in (before, now)]
    return f"{kinds[0]} {names[0]}", f"{kinds[1]} {names[1]}"


def type_path(field: Field) -> Path:
    """Give where the type is written, within the field."""
    if field.descriptor.type_name:
        return (FieldDescriptorProto.TYPE_NAME_FIELD_NUMBER,)
    return (FieldDescriptorProto.TYPE_FIELD_NUMBER,)
