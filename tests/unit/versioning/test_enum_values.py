"""Names of enum values."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import EnumDescriptorProto

from protoctl.versioning.enum_values import kept_names, names_by_number


def enum(name: str, **numbers: int) -> EnumDescriptorProto:
    """Give an enum."""
    result = EnumDescriptorProto(name=name)
    for value, number in numbers.items():
        result.value.add(name=value, number=number)
    return result


def test_names_by_number() -> None:
    """The first name of a number comes first; names that both sides have are in the order of the baseline."""
    before, now = enum("E", A=0, B=1, C=1, D=1), enum("E", A=0, D=1, B=1, X=1)
    assert names_by_number(before) == {0: ["A"], 1: ["B", "C", "D"]}
    assert kept_names(before, now, 1) == ["B", "D"]
    assert kept_names(before, now, 7) == []
