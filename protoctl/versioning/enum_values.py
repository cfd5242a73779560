"""What an enum's values are called: by number, in JSON and in code that protoc-gen-es writes."""

from __future__ import annotations

import re
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


def shared_prefix(enum: EnumDescriptorProto) -> str:
    """Give what protoc-gen-es leaves out of the names of all values, like `STATE_`; nothing unless all have it.

    What is left of each name must be able to stand alone: it is not empty and begins with no digit
    (`findEnumSharedPrefix` in https://github.com/bufbuild/protobuf-es/blob/main/packages/protobuf/src/registry.ts).
    """
    prefix = (enum.name[:1] + re.sub("([A-Z])", r"_\1", enum.name[1:]) + "_").upper()
    rests = [one.name[len(prefix) :] for one in enum.value if one.name.upper().startswith(prefix)]
    is_shared = len(rests) == len(enum.value) and all(rest and not "0" <= rest[0] <= "9" for rest in rests)
    return prefix if is_shared else ""
