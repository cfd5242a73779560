"""Numbers that a message leaves to extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto

from protoctl.differences.rule import BREAK, CONDITIONAL, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.reserved import joined, spelled, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.reserved import Span

SHRUNK = Rule(
    "extension-range-shrunk",
    "A message leaves fewer numbers to extensions: protos of others that use them no longer compile or load",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=CONDITIONAL, python=BREAK, node=CONDITIONAL),
)
GROWN = Rule("extension-range-grown", "A message leaves more numbers to extensions", Change.MINOR)
REWRITTEN = Rule("extension-range-rewritten", "The same numbers are left to extensions in other words", Change.PATCH)
RULES = (SHRUNK, GROWN, REWRITTEN)
AT = (DescriptorProto.EXTENSION_RANGE_FIELD_NUMBER,)
LARGEST = 2**29 - 1
"""Largest number of a field."""


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give messages whose extension ranges differ; declarations are for compilers only and in no compiled schema."""
    for pair in comparison.messages.both:
        before, now = pair.baseline.descriptor, pair.current.descriptor
        if list(before.extension_range) != list(now.extension_range):
            for rule, words in judge(spans(before), spans(now)):
                yield rule.on_pair(comparison, pair, f"message {pair.current.full_name} {words}", at=(AT, AT))


def judge(before: list[Span], now: list[Span]) -> Iterator[tuple[Rule, str]]:
    """Give what is different about the numbers that extensions may have."""
    lost, gained = without(before, now), without(now, before)
    if lost:
        yield SHRUNK, f"no longer leaves {spelled(lost, LARGEST)} to extensions"
    if gained:
        yield GROWN, f"leaves {spelled(gained, LARGEST)} to extensions"
    if not lost and not gained:
        yield REWRITTEN, "leaves the same numbers to extensions in other words"


def spans(message: DescriptorProto) -> list[Span]:
    """Give the numbers that a message leaves to extensions; that a MessageSet has more is told elsewhere."""
    return joined((one.start, min(one.end - 1, LARGEST)) for one in message.extension_range)
