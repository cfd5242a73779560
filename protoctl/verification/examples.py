"""The smallest message that may be sent: required fields are set, all others are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FeatureSet
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

from protoctl.codegen.wire import encode_varint
from protoctl.schema.view import enums_of, messages_of

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FieldOptions, FileOptions

    from protoctl.schema.view import Schema

VARINT, FIXED64, LENGTH, START, END, FIXED32 = 0, 1, 2, 3, 4, 5
"""Wire types (protobuf.dev/programming-guides/encoding#structure)."""
FIXED = {
    Field.TYPE_DOUBLE: FIXED64,
    Field.TYPE_FIXED64: FIXED64,
    Field.TYPE_SFIXED64: FIXED64,
    Field.TYPE_FLOAT: FIXED32,
    Field.TYPE_FIXED32: FIXED32,
    Field.TYPE_SFIXED32: FIXED32,
}
ZERO = {FIXED64: bytes(8), FIXED32: bytes(4), VARINT: b"\0", LENGTH: b"\0"}
DEPTH = 32
"""Levels of messages; one that requires itself cannot be sent by anybody."""


class Examples:
    """Encodes messages of one schema."""

    def __init__(self, schema: Schema) -> None:
        """Take the schema with all that it imports."""
        files = list(schema.files.values())
        self.messages = {f".{one.full_name}": one.descriptor for file in files for one in messages_of(file)}
        self.enums = {f".{one.full_name}": one.descriptor for file in files for one in enums_of(file)}
        self.delimited = {
            f".{one.full_name}" for file in files for one in messages_of(file) if is_delimiting(file.options)
        }

    def encode(self, name: str, depth: int = 0) -> bytes:
        """Give the encoding of a message by its full name after a dot."""
        fields = [field for field in self.messages[name].field if is_required(field)] if depth < DEPTH else []
        return b"".join(self.encode_field(field, depth, is_delimited=name in self.delimited) for field in fields)

    def encode_field(self, field: Field, depth: int, *, is_delimited: bool) -> bytes:
        """Give tag and smallest value of a field; `is_delimited` tells what holds where the field says nothing."""
        if field.type in {Field.TYPE_MESSAGE, Field.TYPE_GROUP}:
            inner = self.encode(field.type_name, depth + 1)
            says = field.options.features.HasField("message_encoding")
            if field.type == Field.TYPE_GROUP or (is_delimiting(field.options) if says else is_delimited):
                return tag(field, START) + inner + tag(field, END)
            return tag(field, LENGTH) + encode_varint(len(inner)) + inner
        if field.type == Field.TYPE_ENUM:
            return tag(field, VARINT) + encode_varint(self.enums[field.type_name].value[0].number % (1 << 64))
        text = field.type in {Field.TYPE_STRING, Field.TYPE_BYTES}
        wire = LENGTH if text else FIXED.get(field.type, VARINT)
        return tag(field, wire) + ZERO[wire]


def is_required(field: Field) -> bool:
    """Tell whether a message without the field cannot be sent."""
    presence = field.options.features.field_presence
    return field.label == Field.LABEL_REQUIRED or presence == FeatureSet.LEGACY_REQUIRED


def is_delimiting(options: FieldOptions | FileOptions) -> bool:
    """Tell whether options ask for messages to be written as groups."""
    return options.features.message_encoding == FeatureSet.DELIMITED


def tag(field: Field, wire: int) -> bytes:
    """Give what stands before a value."""
    return encode_varint(field.number << 3 | wire)
