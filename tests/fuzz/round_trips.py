"""Messages of one schema read with the other one, as bytes and as JSON, by the protobuf runtime."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FieldDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, EncodeError
from google.protobuf.message_factory import GetMessageClass

from protoctl.schema.view import messages_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message

    from protoctl.schema.view import Schema

    View = Callable[[FieldDescriptor, Any], Any]

DEPTH = 3
"""How deep messages lie in each other."""
OFTEN = 0.8
"""How likely a field is set."""
VALUES: dict[str, tuple[Any, ...]] = {
    "string": ("", "a", "é", "12"),
    "bytes": (b"", b"\x00\xff", b"ab"),
    "bool": (True, False),
    "float": (0.0, 1.5, -2.25),
    "double": (0.0, 1.5, -1e300),
    **dict.fromkeys(("int32", "sint32", "sfixed32"), (0, 1, 5, -1, -(2**31), 2**31 - 1)),
    **dict.fromkeys(("uint32", "fixed32"), (0, 1, 7, 2**32 - 1)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), (0, 1, -1, -(2**63), 2**63 - 1, 2**53 + 1)),
    **dict.fromkeys(("uint64", "fixed64"), (0, 1, 2**64 - 1)),
}
"""What fields are set to: common values and extreme ones."""
KINDS: dict[int, str] = {
    number: name.removeprefix("TYPE_").lower() for name, number in FieldDescriptorProto.Type.items()
}
"""Type of a field to its name."""


@dataclass(frozen=True, eq=False)
class Side:
    """A schema, ready to make messages."""

    schema: Schema
    """Compiled, with all that it imports."""

    @cached_property
    def pool(self) -> DescriptorPool:
        """The pool that holds its files."""
        pool = DescriptorPool()
        for file in self.schema.bare.values():
            pool.Add(file)
        return pool

    @cached_property
    def messages(self) -> dict[str, Descriptor]:
        """Full name of every message that somebody declared to its descriptor."""
        names = [one for file in self.schema.own_files() for one in messages_of(file)]
        return {
            one.full_name: self.pool.FindMessageTypeByName(one.full_name)
            for one in names
            if not one.descriptor.options.map_entry
        }


@dataclass(frozen=True)
class Drawing:
    """How messages are drawn."""

    rng: Random
    """What decides."""
    is_shared: bool
    """Whether only enum values and extensions are taken that the other side has by the same name."""

    def message(self, descriptor: Descriptor, other: Descriptor, depth: int = DEPTH) -> Message:
        """Give a message of a type, known to the other side as `other`, with most fields set."""
        message: Message = GetMessageClass(descriptor)()
        twins = fields_by_key(other)
        for key, field in fields_by_key(descriptor).items():
            is_known = key in twins or not (self.is_shared and field.is_extension)
            if is_known and (self.rng.random() < OFTEN or field.is_required):
                self.fill(message, field, twins.get(key), depth)
        return message

    def fill(self, message: Message, field: FieldDescriptor, twin: FieldDescriptor | None, depth: int) -> None:
        """Set a field of a message."""
        if is_map(field):
            self.fill_map(message, field, twin, depth)
            return
        count = self.rng.randint(0, 3) if field.is_repeated else 1
        drawn = [self.value(field, twin, depth) for _ in range(count)]
        values = [one for one in drawn if one is not None]
        if field.is_repeated:
            held(message, field).extend(values)
        elif values and field.message_type:
            held(message, field).CopyFrom(values[0])
            held(message, field).SetInParent()
        elif values and field.is_extension:
            message.Extensions[field] = values[0]  # type: ignore[index]
        elif values:
            setattr(message, field.name, values[0])

    def fill_map(self, message: Message, field: FieldDescriptor, twin: FieldDescriptor | None, depth: int) -> None:
        """Put entries into a map."""
        key, value = entry_of(field)
        other = entry_of(twin)[1] if twin and is_map(twin) else None
        for _ in range(self.rng.randint(0, 2)):
            at, made = self.value(key, None, depth), self.value(value, other, depth)
            if made is not None and value.message_type:
                getattr(message, field.name)[at].MergeFrom(made)
            elif made is not None:
                getattr(message, field.name)[at] = made

    def value(self, field: FieldDescriptor, twin: FieldDescriptor | None, depth: int) -> Any:  # noqa: ANN401  of its type
        """Give a value of a field, None where there is none to give."""
        if field.message_type:
            if not depth:
                return GetMessageClass(field.message_type)() if field.is_required else None
            other = twin.message_type if twin and twin.message_type else field.message_type
            return self.message(field.message_type, other, depth - 1)
        if field.enum_type:
            is_bound = self.is_shared and twin and twin.enum_type
            known = twin.enum_type.values_by_name if is_bound and twin and twin.enum_type else None
            numbers = [one.number for one in field.enum_type.values if known is None or one.name in known]
            return self.rng.choice(numbers) if numbers else None
        return self.rng.choice(VALUES[KINDS[field.type]])


def fields_by_key(descriptor: Any) -> dict[str, FieldDescriptor]:  # noqa: ANN401  there are two kinds of descriptor
    """Give the fields of a message by name, and what extends it by full name."""
    extensions = descriptor.file.pool.FindAllExtensions(descriptor)
    return {one.name: one for one in descriptor.fields} | {one.full_name: one for one in extensions}


def held(message: Message, field: FieldDescriptor) -> Any:  # noqa: ANN401  of the field's type
    """Give what a message has for a field or extension."""
    return message.Extensions[field] if field.is_extension else getattr(message, field.name)  # type: ignore[index]


def entry_of(field: FieldDescriptor) -> tuple[FieldDescriptor, FieldDescriptor]:
    """Give the fields for key and value of a map."""
    assert field.message_type
    return field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]


def is_map(field: FieldDescriptor) -> bool:
    """Tell whether a field is a map."""
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def difference_seen(message: Message, read: Message, view: View) -> str:
    """Give the first field that both sides call alike and read differently, or nothing."""
    twins = fields_by_key(read.DESCRIPTOR)
    for key, field in fields_by_key(message.DESCRIPTOR).items():
        twin = twins.get(key)
        why = differing(seen(message, field, view), seen(read, twin, view), view) if twin else ""
        if why:
            return f"{field.full_name}: {why}"
    return ""


def seen(message: Message, field: Any, view: View) -> Any:  # noqa: ANN401  two kinds of descriptor, the field's type
    """Give what a reader sees of a field; of a message that is not set, nothing."""
    if field.message_type and not field.is_repeated and not is_set(message, field):
        return None
    value = held(message, field)
    if is_map(field):
        inner = field.message_type.fields_by_name["value"]
        return {key: view(inner, one) for key, one in value.items()}
    return [view(field, one) for one in value] if field.is_repeated else view(field, value)


def is_set(message: Message, field: FieldDescriptor) -> bool:
    """Tell whether a message has a value for a field or extension."""
    if field.is_extension:
        return message.HasExtension(field)  # type: ignore[arg-type]
    return message.HasField(field.name)


def by_number(field: FieldDescriptor, value: Any) -> Any:  # noqa: ANN401  of the field's type
    """See values as they are."""
    del field
    return value


def by_name(field: FieldDescriptor, value: Any) -> Any:  # noqa: ANN401  of the field's type
    """See the values of an enum by their names, and by their numbers where they have none."""
    known = field.enum_type.values_by_number.get(value) if field.enum_type else None
    return known.name if known else value


def differing(mine: Any, theirs: Any, view: View) -> str:  # noqa: ANN401  whatever fields hold
    """Say how two values differ, or nothing; messages are compared by the fields that both have."""
    if hasattr(mine, "DESCRIPTOR") and hasattr(theirs, "DESCRIPTOR"):
        return difference_seen(mine, theirs, view)
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        return next((why for pair in zip(mine, theirs, strict=True) if (why := differing(*pair, view))), "")
    if isinstance(mine, dict) and isinstance(theirs, dict) and mine.keys() == theirs.keys():
        return next((why for key in mine if (why := differing(mine[key], theirs[key], view))), "")
    return "" if type(mine) is type(theirs) and mine == theirs else f"{mine!r} is read as {theirs!r}"


def try_wire(message: Message, reader: Descriptor) -> str:
    """Let the other side read bytes and write them again, and say what is lost, or nothing."""
    data = message.SerializePartialToString(deterministic=True)
    try:
        read = GetMessageClass(reader).FromString(data)
        again = type(message).FromString(read.SerializeToString(deterministic=True))
    except (DecodeError, EncodeError) as error:
        return f"{message.DESCRIPTOR.full_name} {message}: {error}"
    return difference_seen(message, read, by_number) or difference_seen(message, again, by_number)


def try_json(message: Message, reader: Descriptor) -> str:
    """Let the other side read JSON in both spellings of names, and say what is lost, or nothing."""
    for keep in (False, True):
        text = json_format.MessageToJson(message, preserving_proto_field_name=keep)
        try:
            read = json_format.Parse(text, GetMessageClass(reader)(), ignore_unknown_fields=True)
        except json_format.ParseError as error:
            return f"{text}: {error}"
        why = difference_seen(message, read, by_name)
        if why:
            return f"{text}: {why}"
    return ""


def try_same_json(message: Message, reader: Descriptor) -> str:
    """Let the other side read bytes and print JSON; say what it prints otherwise, or nothing."""
    read = GetMessageClass(reader).FromString(message.SerializePartialToString())
    mine, theirs = (json_format.MessageToDict(one) for one in (message, read))
    for name in mine.keys() & theirs.keys():
        if not is_contained(mine[name], theirs[name]):
            return f"{name} of {reader.full_name} is printed as {theirs[name]}, not {mine[name]}"
    return ""


def is_contained(mine: Any, theirs: Any) -> bool:  # noqa: ANN401  JSON
    """Tell whether JSON says all that other JSON says, except for keys that one side lacks."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return all(is_contained(mine[key], theirs[key]) for key in mine.keys() & theirs.keys())
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(is_contained, mine, theirs))
    return bool(mine == theirs)
