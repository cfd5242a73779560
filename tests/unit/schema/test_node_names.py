"""What protobuf-es calls types, told again."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

from protoctl.schema.node_names import exported_names, shared_prefix


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


def enum(name: str, *values: str) -> EnumDescriptorProto:
    """Give an enum with values numbered from 0."""
    result = EnumDescriptorProto(name=name)
    for number, value in enumerate(values):
        result.value.add(name=value, number=number)
    return result


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("State", ["STATE_A", "STATE_B"], "STATE_"),
        ("State", ["STATE_A", "B"], ""),
        ("UserState", ["USER_STATE_A", "user_state_b"], "USER_STATE_"),
        ("HTTPCode", ["H_T_T_P_CODE_A"], "H_T_T_P_CODE_"),
        ("HTTPCode", ["HTTP_CODE_A"], ""),
        ("State", ["STATE_"], ""),
        ("State", ["STATE_1A"], ""),
    ],
)
def test_shared_prefix(name: str, values: list[str], expected: str) -> None:
    """The prefix is the enum's name in snake case, as protoc-gen-es has it; all that is left are identifiers."""
    assert shared_prefix(enum(name, *values)) == expected
