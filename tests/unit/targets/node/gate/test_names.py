"""What protobuf-es calls things, told again."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

from protoctl.targets.node.gate.names import camel_case, exported_names, value_names


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a", "a"), ("user_id", "userId"), ("_a__b_", "AB"), ("a_1b", "a1b"), ("A_b", "AB"), ("already", "already")],
)
def test_fields_are_camel_case(name: str, expected: str) -> None:
    assert camel_case(name) == expected


def enum(name: str, *values: str) -> EnumDescriptorProto:
    """Give an enum with values numbered from 0."""
    result = EnumDescriptorProto(name=name)
    for number, value in enumerate(values):
        result.value.add(name=value, number=number)
    return result


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("Color", ("COLOR_RED", "COLOR_BLUE"), ["RED", "BLUE"]),
        ("Color", ("COLOR_RED", "BLUE"), ["COLOR_RED", "BLUE"]),
        ("Color", ("COLOR_RED", "COLOR_2X"), ["COLOR_RED", "COLOR_2X"]),
        ("Color", ("COLOR_",), ["COLOR_"]),
        ("UserKind", ("USER_KIND_A",), ["A"]),
        ("HTTPKind", ("HTTP_KIND_A",), ["HTTP_KIND_A"]),
        ("Color", ("COLOR_toString",), ["toString$"]),
    ],
)
def test_values_lose_the_name_of_their_enum(name: str, values: tuple[str, ...], expected: list[str]) -> None:
    assert list(value_names(enum(name, *values))) == expected


def test_a_name_that_is_taken_or_reserved_gets_a_mark() -> None:
    file = FileDescriptorProto(name="a.proto", package="a.v1")
    file.message_type.extend(
        [DescriptorProto(name="User"), DescriptorProto(name="UserSchema"), DescriptorProto(name="string")]
    )
    file.message_type[0].nested_type.add(name="Inner")
    file.message_type.add(name="User_Inner")
    names = exported_names(file)
    assert names["a.v1.User"] == ("User", "UserSchema$")
    assert names["a.v1.UserSchema"] == ("UserSchema", "UserSchemaSchema")
    assert names["a.v1.User.Inner"].shape == "User_Inner"
    assert names["a.v1.User_Inner"].shape == "User_Inner$"
    assert names["a.v1.string"].shape == "string$"


def test_entries_of_maps_are_no_types() -> None:
    file = FileDescriptorProto(name="a.proto")
    entry = file.message_type.add(name="A").nested_type.add(name="MapEntry")
    entry.options.map_entry = True
    assert set(exported_names(file)) == {"A"}
