"""What an enum's values are called by number, and in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import EnumDescriptorProto


def names_by_number(enum: EnumDescriptorProto) -> dict[int, list[str]]:
    """Give the names of each number in order; the first is the one that every runtime prints."""
    result: dict[int, list[str]] = {}
    for one in enum.value:
        result.setdefault(one.number, []).append(one.name)
    return result


def kept_names(baseline: EnumDescriptorProto, current: EnumDescriptorProto, number: int) -> list[str]:
    """Give the names that a number has in both, in the order of the baseline."""
    now = names_by_number(current).get(number, ())
    return [one.name for one in baseline.value if one.number == number and one.name in now]
