"""The smallest messages parse, and nothing that is required is missing from them."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, Edition, FeatureSet, FileDescriptorProto
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from protoctl.schema.view import Schema
from protoctl.verification.examples import Examples

NESTED: dict[int, str] = {Field.TYPE_MESSAGE: "Inner", Field.TYPE_GROUP: "Inner", Field.TYPE_ENUM: "Kind"}


def make_file(kind: int) -> FileDescriptorProto:
    """Give a file whose message `Outer` requires a field of a type."""
    file = FileDescriptorProto(name="a.proto", package="acme", syntax="proto2")
    file.enum_type.add(name="Kind").value.add(name="FIRST", number=-3)
    inner = file.message_type.add(name="Inner")
    inner.field.add(name="x", number=1, label=Field.LABEL_REQUIRED, type=Field.TYPE_BOOL)
    add_required(file.message_type.add(name="Outer"), kind)
    return file


def add_required(message: DescriptorProto, kind: int) -> None:
    """Add a required field whose number takes two bytes."""
    field = message.field.add(name="value", number=1000, label=Field.LABEL_REQUIRED, type=Field.Type.ValueType(kind))
    if kind in NESTED:
        field.type_name = f".acme.{NESTED[kind]}"


def is_complete(file: FileDescriptorProto) -> bool:
    """Tell whether the example of `Outer` holds all that is required, and nothing unknown."""
    pool = DescriptorPool()
    pool.Add(file)
    data = Examples(Schema({file.name: file}, {})).encode(".acme.Outer")
    message = GetMessageClass(pool.FindMessageTypeByName("acme.Outer")).FromString(data)
    return bool(message.IsInitialized() and message.SerializeToString() == data and data)


@pytest.mark.parametrize("kind", Field.Type.values())
def test_a_required_field_of_every_type_is_set(kind: int) -> None:
    assert is_complete(make_file(kind))


@pytest.mark.parametrize("place", ["file", "field"])
def test_editions_say_otherwise_what_is_required_and_how_messages_are_written(place: str) -> None:
    file = make_file(Field.TYPE_MESSAGE)
    file.ClearField("syntax")
    file.syntax, file.edition = "editions", Edition.EDITION_2023
    file.enum_type[0].value[0].number = 0
    for message in file.message_type:
        for field in message.field:
            field.label = Field.LABEL_OPTIONAL
            field.options.features.field_presence = FeatureSet.LEGACY_REQUIRED
    options = file.options if place == "file" else file.message_type[1].field[0].options
    options.features.message_encoding = FeatureSet.DELIMITED
    assert is_complete(file)


def test_what_is_not_required_is_left_out_and_a_message_that_requires_itself_ends() -> None:
    file = make_file(Field.TYPE_BOOL)
    file.message_type[1].field[0].label = Field.LABEL_OPTIONAL
    assert Examples(Schema({file.name: file}, {})).encode(".acme.Outer") == b""
    file.message_type[1].ClearField("field")
    field = file.message_type[1].field.add(name="self", number=1, label=Field.LABEL_REQUIRED, type=Field.TYPE_MESSAGE)
    field.type_name = ".acme.Outer"
    assert len(Examples(Schema({file.name: file}, {})).encode(".acme.Outer")) < 100
