"""The first value of a closed enum, which an unset field has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import EnumDescriptorProto

from protoctl.differences.rule import CONDITIONAL, Rule
from protoctl.model.change import Change, Effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

VALUE = EnumDescriptorProto.VALUE_FIELD_NUMBER
DEFAULT = Rule(
    "enum-default-changed",
    "Another number comes first in an enum: fields that are not set have another value than before",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=CONDITIONAL, python=CONDITIONAL, node=CONDITIONAL),
)
RULES = (DEFAULT,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give enums that begin with another number; a first value that was only renumbered is told as such."""
    for pair in comparison.enums.both:
        before, now = pair.baseline.descriptor.value[0], pair.current.descriptor.value[0]
        if before.number == now.number or before.name == now.name:
            continue
        message = (
            f"enum {pair.current.full_name} begins with {now.name} ({now.number}) instead of "
            f"{before.name} ({before.number}), which unset fields then have"
        )
        is_kept = any(one.name == before.name for one in pair.current.descriptor.value)
        remedy = f"keep {before.name} first" if is_kept else ""
        yield DEFAULT.on_pair(comparison, pair, message, at=((VALUE, 0), (VALUE, 0)), remedy=remedy)
