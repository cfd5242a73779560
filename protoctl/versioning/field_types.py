"""Types of fields as data: which may stand in for which, for bytes, JSON and code.

Bytes: https://protobuf.dev/programming-guides/proto3#updating. JSON: https://protobuf.dev/programming-guides/json.
Python: what mypy-protobuf writes. Node: what protoc-gen-es writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FieldOptions

from protoctl.model.change import Effect, Effects
from protoctl.schema.trim import default_json_name
from protoctl.versioning.elements import map_entry_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.versioning.elements import Field

BREAK, CONDITIONAL, SAFE = Effect.BREAK, Effect.CONDITIONAL, Effect.SAFE

DOUBLE, FLOAT = FieldDescriptorProto.TYPE_DOUBLE, FieldDescriptorProto.TYPE_FLOAT
INT32, INT64 = FieldDescriptorProto.TYPE_INT32, FieldDescriptorProto.TYPE_INT64
UINT32, UINT64 = FieldDescriptorProto.TYPE_UINT32, FieldDescriptorProto.TYPE_UINT64
SINT32, SINT64 = FieldDescriptorProto.TYPE_SINT32, FieldDescriptorProto.TYPE_SINT64
FIXED32, FIXED64 = FieldDescriptorProto.TYPE_FIXED32, FieldDescriptorProto.TYPE_FIXED64
SFIXED32, SFIXED64 = FieldDescriptorProto.TYPE_SFIXED32, FieldDescriptorProto.TYPE_SFIXED64
BOOL, ENUM = FieldDescriptorProto.TYPE_BOOL, FieldDescriptorProto.TYPE_ENUM
STRING, BYTES = FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.TYPE_BYTES
MESSAGE, GROUP = FieldDescriptorProto.TYPE_MESSAGE, FieldDescriptorProto.TYPE_GROUP

Groups = tuple[frozenset[int], ...]

WIRE_ALIKE: Groups = (
    frozenset({INT32, INT64, UINT32, UINT64, BOOL, ENUM}),
    frozenset({SINT32, SINT64}),
    frozenset({FIXED32, SFIXED32}),
    frozenset({FIXED64, SFIXED64}),
    frozenset({STRING, BYTES}),
    frozenset({BYTES, MESSAGE}),
)
"""Types that read each other's bytes, as long as the values fit."""
JSON_EQUAL: Groups = (
    frozenset({INT32, SINT32, SFIXED32}),
    frozenset({UINT32, FIXED32}),
    frozenset({INT64, SINT64, SFIXED64}),
    frozenset({UINT64, FIXED64}),
)
"""Types that write the same JSON for the same values."""
JSON_ALIKE: Groups = (frozenset.union(*JSON_EQUAL), frozenset({DOUBLE, FLOAT}))
"""Types that read each other's JSON, as long as the values fit."""
PYTHON_EQUAL: Groups = JSON_ALIKE
"""Types that are one in Python: `int` or `float`."""
BIGINTS = frozenset({INT64, UINT64, SINT64, FIXED64, SFIXED64})
"""Types that JavaScript's numbers cannot hold."""
NUMBERS = frozenset({INT32, UINT32, SINT32, FIXED32, SFIXED32, DOUBLE, FLOAT, ENUM})
"""Types whose values in Node are numbers."""

WRAPPED = {
    "google.protobuf.DoubleValue": DOUBLE,
    "google.protobuf.FloatValue": FLOAT,
    "google.protobuf.Int32Value": INT32,
    "google.protobuf.Int64Value": INT64,
    "google.protobuf.UInt32Value": UINT32,
    "google.protobuf.UInt64Value": UINT64,
    "google.protobuf.BoolValue": BOOL,
    "google.protobuf.StringValue": STRING,
    "google.protobuf.BytesValue": BYTES,
}
"""Messages that JSON writes as the scalar within."""
OWN_JSON = {
    *WRAPPED,
    *(
        f"google.protobuf.{name}"
        for name in ("Any", "Duration", "FieldMask", "ListValue", "Struct", "Timestamp", "Value")
    ),
}
"""Messages that JSON does not write field by field."""


def scalar_effects(before: FieldDescriptorProto, now: FieldDescriptorProto) -> Effects:
    """Give the effects of one value in place of another, of which at least one is no message, where types differ.

    How messages and enums are called, and how large values are, is not looked at.
    """
    return Effects(
        wire=CONDITIONAL if has_both(WIRE_ALIKE, before.type, now.type) else BREAK,
        json=json_effect(before.type, now.type),
        python=SAFE if has_both(PYTHON_EQUAL, before.type, now.type) else BREAK,
        node=node_effect(before, now),
    )


def node_effect(before: FieldDescriptorProto, now: FieldDescriptorProto) -> Effect:
    """Give what another type does to code in Node; a number that is written out may be none of an enum's."""
    if node_type(before) != node_type(now):
        return BREAK
    return CONDITIONAL if now.type == ENUM else SAFE


def json_effect(before: int, now: int) -> Effect:
    """Give what another type does to JSON."""
    if before == now or has_both(JSON_EQUAL, before, now):
        return SAFE
    return CONDITIONAL if has_both(JSON_ALIKE, before, now) else BREAK


def has_both(groups: Groups, one: int, other: int) -> bool:
    """Tell whether one group holds both types."""
    return any(one in group and other in group for group in groups)


def is_message(field: FieldDescriptorProto) -> bool:
    """Tell whether values are messages, however they are written on the wire."""
    return field.type in (MESSAGE, GROUP)


def is_repeated(field: FieldDescriptorProto) -> bool:
    """Tell whether a field has a list of values, or a map."""
    return field.label == field.LABEL_REPEATED


def node_type(field: FieldDescriptorProto) -> str:
    """Give what a single value is in Node; all messages are one."""
    if field.type in NUMBERS:
        return "number"
    if field.type in BIGINTS:
        return "string" if field.options.jstype == FieldOptions.JS_STRING else "bigint"
    return FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()


def type_name(field: FieldDescriptorProto) -> str:
    """Give the type of a field that is no map as a person writes it, messages and enums by full name."""
    if field.type_name:
        return field.type_name[1:]
    return FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()


def written_type(field: Field) -> str:
    """Give the type of any field as a person writes it, like `map<string, acme.user.v1.User>`."""
    entry = map_entry_of(field)
    if entry is None:
        return type_name(field.descriptor)
    return f"map<{', '.join(type_name(one) for one in key_and_value(entry.field))}>"


def declared_type(field: Field) -> str:
    """Give the type with its label, like `repeated string`."""
    is_list = is_repeated(field.descriptor) and map_entry_of(field) is None
    return f"repeated {written_type(field)}" if is_list else written_type(field)


def json_name_of(field: FieldDescriptorProto) -> str:
    """Give the name in JSON; a descriptor need not carry the one that follows from the field's own."""
    return field.json_name or default_json_name(field.name)


def key_and_value(fields: Sequence[FieldDescriptorProto]) -> tuple[FieldDescriptorProto, FieldDescriptorProto]:
    """Give the two fields of a map's entry."""
    first, second = fields
    return first, second
