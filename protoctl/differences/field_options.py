"""Options of fields: those that change code in Node, and those that change nothing for Python and Node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from protoctl.differences.rule import BREAK, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.field_encoding import is_packed
from protoctl.versioning.field_types import is_repeated, node_type
from protoctl.versioning.written_options import rewritten_options, told_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair

JSTYPE = Rule(
    "field-jstype-changed",
    "A 64-bit integer is a string in Node where it was a BigInt, or the other way round",
    Change.MAJOR,
    Effects(node=BREAK),
)
OTHERS = Rule(
    "field-option-changed",
    "An option of a field changes that nothing in Python, Node, bytes or JSON depends on",
    Change.PATCH,
)
RULES = (JSTYPE, OTHERS)
WITHIN = (FieldDescriptorProto.OPTIONS_FIELD_NUMBER,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields with other options than before, one finding for all that matter to nobody."""
    for pair in comparison.fields.both:
        rewritten = rewritten_options(pair)
        if "jstype" in rewritten and has_other_jstype(pair):
            yield jstype(comparison, pair)
        names = neutral_options(pair, rewritten)
        if names:
            what = told_options(names)
            words = f"field {pair.current.full_name} changes its {what}, which Python and Node do not see"
            yield OTHERS.on_pair(comparison, pair, words, at=(WITHIN, WITHIN))


def neutral_options(pair: Pair[FieldDescriptorProto], rewritten: list[str]) -> list[str]:
    """Give those of the options that are written otherwise of which no other rule says what that does."""
    if not rewritten:
        return []
    before, now = pair.baseline, pair.current
    told = {
        "deprecated": before.descriptor.options.deprecated != now.descriptor.options.deprecated,
        "features": before.features != now.features,
        "jstype": before.descriptor.type != now.descriptor.type or has_other_jstype(pair),
        "packed": is_packed(before) != is_packed(now) or is_repeated(before.descriptor) != is_repeated(now.descriptor),
    }
    return [name for name in rewritten if not told.get(name)]


def has_other_jstype(pair: Pair[FieldDescriptorProto]) -> bool:
    """Tell whether a field of one type is another in Node."""
    before, now = pair.baseline.descriptor, pair.current.descriptor
    return before.type == now.type and node_type(before) != node_type(now)


def jstype(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about an integer that is another type in Node."""
    sides = node_type(pair.baseline.descriptor), node_type(pair.current.descriptor)
    words = f"field {pair.current.full_name} changes in Node from {sides[0]} to {sides[1]} by its jstype"
    return JSTYPE.on_pair(comparison, pair, words, at=(WITHIN, WITHIN))
