"""Enum values whose number is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import EnumValueDescriptorProto

from protoctl.differences.rule import BREAK, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.enum_values import names_by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

NUMBER = (EnumValueDescriptorProto.NUMBER_FIELD_NUMBER,)
RENUMBERED = Rule(
    "enum-value-renumbered",
    "An enum value has another number: bytes that hold the old one are read as another value or as none",
    Change.MAJOR,
    Effects(wire=BREAK, json=SAFE, python=SAFE, node=BREAK),
)
RULES = (RENUMBERED,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give values with another number; of two that swapped theirs, each is one."""
    for pair in comparison.values.pairs:
        before, now = pair.baseline.descriptor.number, pair.current.descriptor.number
        if before == now:
            continue
        message = f"value {pair.current.full_name} changes its number from {before} to {now}"
        meant = names_by_number(pair.baseline.scope.descriptor).get(now)
        message += f", which was {meant[0]}" if meant else ""
        yield RENUMBERED.on_pair(comparison, pair, message, at=(NUMBER, NUMBER), remedy=f"keep {before}")
