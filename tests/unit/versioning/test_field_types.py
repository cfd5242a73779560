"""What types have in common is held against the runtime: each scalar is written as one type and read as another."""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FieldOptions, FileDescriptorProto
from google.protobuf.message import DecodeError

from protoctl.model.change import Effect
from protoctl.versioning.field_types import (
    BIGINTS,
    BOOL,
    BYTES,
    DOUBLE,
    ENUM,
    FIXED32,
    FIXED64,
    FLOAT,
    INT32,
    INT64,
    MESSAGE,
    SFIXED32,
    SFIXED64,
    SINT32,
    SINT64,
    STRING,
    UINT32,
    UINT64,
    node_type,
    scalar_effects,
    type_name,
)

if TYPE_CHECKING:
    from google.protobuf.message import Message

SMALL: dict[int, tuple[Any, ...]] = {
    **dict.fromkeys((INT32, INT64, SINT32, SINT64, SFIXED32, SFIXED64, UINT32, UINT64, FIXED32, FIXED64), (1,)),
    BOOL: (True,),
    FLOAT: (1.5,),
    DOUBLE: (1.5,),
    STRING: ("a", "true"),
    BYTES: (b"a",),
}
"""Values that every type of a family can hold."""
LARGE: dict[int, tuple[Any, ...]] = {
    **dict.fromkeys((INT32, SINT32, SFIXED32), (-(2**31), 2**31 - 1)),
    **dict.fromkeys((INT64, SINT64, SFIXED64), (-(2**63), 2**63 - 1)),
    **dict.fromkeys((UINT32, FIXED32), (2**32 - 1,)),
    **dict.fromkeys((UINT64, FIXED64), (2**64 - 1,)),
    DOUBLE: (1e300,),
    BYTES: (b"\xff",),
}
"""Values that fit into their own type only."""
PAIRS = list(permutations(SMALL, 2))


def field_of(kind: Any) -> FieldDescriptorProto:  # noqa: ANN401  a number, whatever stubs call it
    """Give a field of a type."""
    return FieldDescriptorProto(type=kind)


def name_of(kind: Any) -> str:  # noqa: ANN401  pytest passes whatever is a parameter
    """Give the name of a type in a test's id."""
    return type_name(field_of(kind))


@cache
def holder(kind: int) -> type[Message]:
    """Give a message with one field of a type, whose absence can be told."""
    file = FileDescriptorProto(name="one.proto", syntax="proto3")
    message = file.message_type.add(name="One")
    message.oneof_decl.add(name="_a")
    message.field.add(
        name="a", number=1, type=kind, label=FieldDescriptorProto.LABEL_OPTIONAL, oneof_index=0, proto3_optional=True
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("One"))


def is_kept_on_wire(writer: int, reader: int, value: Any) -> bool:  # noqa: ANN401  of any type
    """Tell whether a value that is written as one type is read as another."""
    data = holder(writer)(a=value).SerializeToString()
    try:
        read = holder(reader).FromString(data)
    except DecodeError:
        return False
    return is_value(read, value) or ({writer, reader} == {STRING, BYTES} and is_value(read, turned(value)))


def turned(value: str | bytes) -> str | bytes | None:
    """Give text as bytes and bytes as text, if they are any."""
    if isinstance(value, str):
        return value.encode()
    return value.decode() if value.isascii() else None


def is_kept_in_json(writer: int, reader: int, value: Any) -> bool:  # noqa: ANN401  of any type
    """Tell whether a value that is written to JSON as one type is read as another."""
    try:
        read = json_format.Parse(json_format.MessageToJson(holder(writer)(a=value)), holder(reader)())
    except json_format.ParseError:
        return False
    return is_value(read, value)


def is_value(read: Message, value: Any) -> bool:  # noqa: ANN401  of any type
    """Tell whether a message holds a value."""
    return read.HasField("a") and read.a == value  # type: ignore[attr-defined]


def measured(kept: Any, before: int, now: int) -> Effect:  # noqa: ANN401  one of the two functions above
    """Give what the runtime shows: everything is kept both ways, small values, or not even these."""
    ways = ((before, now), (now, before))
    if not all(kept(*way, value) for way in ways for value in SMALL[way[0]]):
        return Effect.BREAK
    is_all = all(kept(*way, value) for way in ways for value in LARGE.get(way[0], ()))
    return Effect.SAFE if is_all else Effect.CONDITIONAL


@pytest.mark.parametrize(("before", "now"), PAIRS, ids=name_of)
def test_bytes_as_measured(before: int, now: int) -> None:
    """What bytes keep is what the runtime keeps; no two types are the same on the wire for every value."""
    effects = scalar_effects(field_of(before), field_of(now))
    assert effects.wire == measured(is_kept_on_wire, before, now)


@pytest.mark.parametrize(("before", "now"), PAIRS, ids=name_of)
def test_json_as_measured(before: int, now: int) -> None:
    """What JSON keeps is what the runtime keeps."""
    effects = scalar_effects(field_of(before), field_of(now))
    assert effects.json == measured(is_kept_in_json, before, now)


@pytest.mark.parametrize(("before", "now"), PAIRS, ids=name_of)
def test_python_as_typed(before: int, now: int) -> None:
    """Code goes on where both values are of one Python type."""
    effects = scalar_effects(field_of(before), field_of(now))
    is_same = type(SMALL[before][0]) is type(SMALL[now][0])
    assert effects.python is (Effect.SAFE if is_same else Effect.BREAK)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (INT32, DOUBLE, Effect.SAFE),
        (INT32, INT64, Effect.BREAK),
        (INT64, FIXED64, Effect.SAFE),
        (ENUM, INT32, Effect.SAFE),
        (INT32, ENUM, Effect.CONDITIONAL),
        (INT64, ENUM, Effect.BREAK),
        (BOOL, INT32, Effect.BREAK),
        (STRING, BYTES, Effect.BREAK),
        (MESSAGE, STRING, Effect.BREAK),
    ],
)
def test_node(before: int, now: int, expected: Effect) -> None:
    """In Node there are numbers, which enums are too, and BigInts."""
    assert scalar_effects(field_of(before), field_of(now)).node is expected


@pytest.mark.parametrize("kind", sorted(BIGINTS))
def test_integers_as_strings(kind: int) -> None:
    """A jstype makes strings of the integers that JavaScript's numbers do not hold, and only JS_STRING does."""
    by_jstype = {
        jstype: node_type(FieldDescriptorProto(type=kind, options=FieldOptions(jstype=jstype)))  # type: ignore[arg-type]
        for jstype in (FieldOptions.JS_NORMAL, FieldOptions.JS_STRING, FieldOptions.JS_NUMBER)
    }
    assert list(by_jstype.values()) == ["bigint", "string", "bigint"]
