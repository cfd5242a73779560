"""Fields of messages as TypeScript sees them: the type that each has, and a value to assign."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FieldOptions

from protoctl.schema.node_names import declared, exported_names
from protoctl.targets.node.gate.names import camel_case, field_name, safe_property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

Type = FieldDescriptorProto
LONG = {Type.TYPE_INT64, Type.TYPE_UINT64, Type.TYPE_SINT64, Type.TYPE_FIXED64, Type.TYPE_SFIXED64}
PLAIN = {
    Type.TYPE_STRING: ("string", '"a"'),
    Type.TYPE_BOOL: ("boolean", "true"),
    Type.TYPE_BYTES: ("Uint8Array", "new Uint8Array()"),
}
NUMBER_KEYS = {Type.TYPE_INT32, Type.TYPE_UINT32, Type.TYPE_SINT32, Type.TYPE_FIXED32, Type.TYPE_SFIXED32}
JSON_OBJECT = "JsonObject"
STRUCT = "google.protobuf.Struct"
VALUE = "google.protobuf.Value"
WRAPPERS = {
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
}


class Look(NamedTuple):
    """One value: a field that is neither a list nor a map, or what these hold."""

    literal: str
    """An expression of what can be assigned."""
    type: str
    """The type that it has; nothing for a message, and an enum of another file."""
    message: str = ""
    """Full name of a message."""
    is_maybe: bool = False
    """Whether an enum of another file may be absent."""


class Member(NamedTuple):
    """What one field is for a consumer."""

    name: str
    """The property, or the case within a oneof."""
    oneof: str
    """The property of the oneof that it belongs to, or nothing."""
    literal: str
    """An expression of what `create` takes."""
    access: str
    """What follows the field's type to get at the one value in it: `[number]`, `[string]`, or nothing."""
    look: Look


class Types(NamedTuple):
    """What is known of all types of a schema."""

    messages: Mapping[str, DescriptorProto]
    """By full name, as fields name them: with a leading dot."""
    enums: Mapping[str, EnumDescriptorProto]
    """Likewise."""


def find_types(files: Mapping[str, FileDescriptorProto]) -> Types:
    """Give the messages, entries of maps among them, and enums of all files."""
    messages: dict[str, DescriptorProto] = {}
    enums: dict[str, EnumDescriptorProto] = {}
    for file in files.values():
        for one in declared(file):
            if one.kind == "enum":
                enums[f".{one.full_name}"] = one.descriptor  # type: ignore[assignment]
            elif one.kind == "message":
                messages[f".{one.full_name}"] = one.descriptor  # type: ignore[assignment]
                for inner in one.descriptor.nested_type:  # type: ignore[union-attr]
                    messages.setdefault(f".{one.full_name}.{inner.name}", inner)
    return Types(messages, enums)


def long_fields(file: FileDescriptorProto) -> set[str]:
    """Give the properties of 64-bit integers that do not say themselves whether they are strings, but for oneofs."""
    return {
        field_name(field, is_in_oneof=False)
        for one in declared(file)
        if one.kind == "message"
        for field in one.descriptor.field  # type: ignore[union-attr]
        if field.type in LONG and not field.options.HasField("jstype") and not field.HasField("oneof_index")
    }


class Reader(NamedTuple):
    """Fields of one file."""

    types: Types
    file: FileDescriptorProto
    is_long_text: bool
    """Whether 64-bit integers are strings."""

    def members(self, full_name: str, message: DescriptorProto) -> list[Member]:
        """Give the fields of a message in order."""
        return [self.member(full_name, message, field) for field in message.field]

    def member(self, full_name: str, message: DescriptorProto, field: FieldDescriptorProto) -> Member:
        """Give one field; the oneof that an `optional` brings is none."""
        is_in_oneof = field.HasField("oneof_index") and not field.proto3_optional
        oneof = safe_property(camel_case(message.oneof_decl[field.oneof_index].name)) if is_in_oneof else ""
        name = field_name(field, is_in_oneof=is_in_oneof)
        entry = self.types.messages.get(field.type_name)
        if entry and entry.options.map_entry:
            return self.map_member(name, entry)
        if field.label == Type.LABEL_REPEATED:
            look = self.look(field, full_name)
            return Member(name, oneof, f"[{look.literal}]", "[number]", look)
        if is_in_oneof:
            look = self.look(field, full_name)
            return Member(name, oneof, look.literal, "", look)
        return self.single_member(name, full_name, field)

    def map_member(self, name: str, entry: DescriptorProto) -> Member:
        """Give a map, whose key is a number for integers of 32 bits and else a string."""
        key, value = entry.field
        look = self.look(value, "", is_long_text=False)
        if key.type in NUMBER_KEYS:
            return Member(name, "", f"{{ 1: {look.literal} }}", "[number]", look)
        text = '"true"' if key.type == Type.TYPE_BOOL else '"1"'
        return Member(name, "", f"{{ {text}: {look.literal} }}", "[string]", look)

    def single_member(self, name: str, full_name: str, field: FieldDescriptorProto) -> Member:
        """Give a field of one value: wrappers are the value that they wrap, and what can be absent may be undefined."""
        is_wrapper = field.type_name.removeprefix(".") in WRAPPERS
        wrapped = self.types.messages[field.type_name].field[0] if is_wrapper else field
        look = self.look(wrapped, full_name, is_long_text=None if wrapped is field else False)
        is_maybe = is_wrapper or field.proto3_optional or look.type == JSON_OBJECT
        if is_maybe and look.type:
            look = look._replace(type=f"{look.type} | undefined")
        elif is_maybe and not look.message:
            look = look._replace(is_maybe=True)
        return Member(name, "", look.literal, "", look)

    def look(self, field: FieldDescriptorProto, parent: str, *, is_long_text: bool | None = None) -> Look:
        """Give one value of a field in a message; `is_long_text` overrules what the field says of 64-bit integers."""
        if field.type in {Type.TYPE_MESSAGE, Type.TYPE_GROUP}:
            message = field.type_name.removeprefix(".")
            return Look("{}", JSON_OBJECT) if message == STRUCT and parent != VALUE else Look("{}", "", message)
        if field.type == Type.TYPE_ENUM:
            name = exported_names(self.file).get(field.type_name.removeprefix("."))
            return Look(str(self.types.enums[field.type_name].value[0].number), f"pb.{name.shape}" if name else "")
        if field.type in LONG:
            is_text = self.is_text(field) if is_long_text is None else is_long_text
            return Look('"1"', "string") if is_text else Look("1n", "bigint")
        type_, literal = PLAIN.get(field.type, ("number", "1"))
        return Look(literal, type_)

    def is_text(self, field: FieldDescriptorProto) -> bool:
        """Tell whether a 64-bit integer is a string: by its own option, else as in the whole package."""
        if field.options.HasField("jstype"):
            return field.options.jstype == FieldOptions.JS_STRING
        return self.is_long_text
