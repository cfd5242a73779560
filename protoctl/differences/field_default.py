"""Fields whose absence stands for another value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import EnumDescriptorProto, FieldDescriptorProto

from protoctl.differences.rule import CONDITIONAL, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.field_types import BOOL, BYTES, ENUM, STRING, is_repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.schema.view import Schema
    from protoctl.versioning.comparison import Comparison

CHANGED = Rule(
    "field-default-changed",
    "A field has another default: what is absent in stored messages is read as another value",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=CONDITIONAL),
)
WRITTEN = Rule(
    "field-default-written",
    "A default is written that was one anyway, or is written no longer",
    Change.PATCH,
)
RULES = (CHANGED, WRITTEN)
WITHIN = (FieldDescriptorProto.DEFAULT_VALUE_FIELD_NUMBER,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields with another written default, unless they have another type anyway."""
    for pair in comparison.fields.both:
        before, now = pair.baseline.descriptor, pair.current.descriptor
        old, new = written_default(before), written_default(now)
        if old == new or before.type != now.type or is_repeated(before) or is_repeated(now):
            continue
        is_same = meant_default(comparison.baseline, before) == meant_default(comparison.current, now)
        rule = WRITTEN if is_same else CHANGED
        words = f"field {pair.current.full_name} changes its default from {old or 'none'} to {new or 'none'}"
        yield rule.on_pair(comparison, pair, words, at=(WITHIN, WITHIN))


def written_default(field: FieldDescriptorProto) -> str:
    """Give a default as protos write it; nothing when none is written."""
    if not field.HasField("default_value"):
        return ""
    return f'"{field.default_value}"' if field.type in (STRING, BYTES) else field.default_value


def meant_default(schema: Schema, field: FieldDescriptorProto) -> str:
    """Give what absence stands for, written or not, in one spelling; an enum's value by its number."""
    if field.type == ENUM:
        return enum_default(schema, field)
    if field.type in (STRING, BYTES):
        return field.default_value
    if field.type == BOOL:
        return field.default_value or "false"
    return field.default_value or "0"


def enum_default(schema: Schema, field: FieldDescriptorProto) -> str:
    """Give the number of an enum's default, which is its first value when none is written."""
    enum = schema.types.get(field.type_name[1:])
    if not isinstance(enum, EnumDescriptorProto):
        return field.default_value
    numbers = {one.name: str(one.number) for one in enum.value}
    return numbers.get(field.default_value, str(enum.value[0].number))
