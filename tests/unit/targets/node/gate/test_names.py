"""What protobuf-es calls things, told again."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import EnumDescriptorProto

from protoctl.targets.node.gate.names import camel_case, value_names


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
