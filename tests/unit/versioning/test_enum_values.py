"""Names of enum values."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import EnumDescriptorProto

from protoctl.versioning.enum_values import kept_names, names_by_number, shared_prefix


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
    assert shared_prefix(enum(name, **{value: at for at, value in enumerate(values)})) == expected
