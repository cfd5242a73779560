"""Fields whose values are written otherwise: delimited messages, strings that are checked or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FeatureSet

from protoctl.differences.rule import BREAK, CONDITIONAL, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import map_entry_of
from protoctl.versioning.field_encoding import has_strings, is_delimited
from protoctl.versioning.field_types import is_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair

DELIMITED = Rule(
    "field-message-encoding-changed",
    "A message is written between two tags, as groups are, or no longer so: neither side reads the other's bytes",
    Change.MAJOR,
    Effects(wire=BREAK),
)
UTF8 = Rule(
    "field-utf8-validation-changed",
    "Strings that are no UTF-8 are refused or no longer refused: one side sends what the other does not take",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, python=CONDITIONAL, node=CONDITIONAL),
)
RULES = (DELIMITED, UTF8)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields of the same kind whose encoding differs."""
    for pair in comparison.fields.both:
        yield from delimited(comparison, pair)
        before, now = pair.baseline, pair.current
        if before.features.utf8_validation != now.features.utf8_validation and has_strings(before) and has_strings(now):
            is_checked = now.features.utf8_validation == FeatureSet.VERIFY
            words = (
                f"field {now.full_name} {'refuses' if is_checked else 'no longer refuses'} strings that are no UTF-8"
            )
            yield UTF8.on_pair(comparison, pair, words)


def delimited(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Iterator[Difference]:
    """Give the finding about a message field whose values are written in another way."""
    before, now = pair.baseline, pair.current
    if not (is_message(before.descriptor) and is_message(now.descriptor)) or map_entry_of(before) or map_entry_of(now):
        return
    if is_delimited(before) != is_delimited(now):
        ways = [("delimited" if is_delimited(side) else "length-prefixed") for side in (before, now)]
        words = f"field {now.full_name} changes its encoding from {ways[0]} to {ways[1]}"
        yield DELIMITED.on_pair(comparison, pair, words, remedy="add a new field and deprecate this one")
