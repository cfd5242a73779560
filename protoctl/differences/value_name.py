"""Enum values whose name is another, in the proto or in code for Node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.schema.node_names import shared_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Enum
    from protoctl.versioning.matching import Pair

RENAMED = Rule(
    "enum-value-renamed",
    "An enum number has another name: code and JSON that hold the old one fail",
    Change.MAJOR,
    Effects(wire=SAFE, json=BREAK, python=BREAK, node=BREAK),
)
SHORTENED = Rule(
    "enum-prefix-changed",
    "Code for Node leaves an enum's name out of its values' names while all begin with it: either all change or none",
    Change.MAJOR,
    Effects(node=BREAK),
)
RULES = (RENAMED, SHORTENED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give renamed values, and enums whose other values have new names in code for Node."""
    unsettled = unsettled_enums(comparison)
    for pair in comparison.values.renamed:
        enum, before, now = pair.current.scope, pair.baseline.name, pair.current.name
        message = f"value {pair.current.descriptor.number} of enum {enum.full_name} is renamed from {before} to {now}"
        effects = RENAMED.effects
        if enum in unsettled:
            message += ", or means something else: other values are gone or have other numbers"
            effects = effects._replace(wire=CONDITIONAL)
        remedy = f"keep {before} and write {now} after it, with allow_alias"
        yield RENAMED.on_pair(comparison, pair, message, effects=effects, remedy=remedy)
    for enum_pair in comparison.enums.both:
        yield from shortened(comparison, enum_pair)


def unsettled_enums(comparison: Comparison) -> set[Enum]:
    """Give the enums of current that lost or renumbered values, in which a new name need not be a mere renaming."""
    moved = [
        one.current
        for one in comparison.values.pairs
        if one.baseline.descriptor.number != one.current.descriptor.number
    ]
    lost = [comparison.counterparts[one.scope] for one in comparison.values.deleted]
    return {*lost, *(one.scope for one in moved)}


def shortened(comparison: Comparison, pair: Pair[EnumDescriptorProto]) -> Iterator[Difference]:
    """Give an enum that keeps its name and a value, of which protoc-gen-es shortens the names on one side only."""
    old, new = (shared_prefix(side.descriptor) for side in (pair.baseline, pair.current))
    names = {one.name for one in pair.current.descriptor.value}
    kept = next((one.name for one in pair.baseline.descriptor.value if one.name in names), "")
    if pair.baseline.name != pair.current.name or not kept or bool(old) == bool(new):
        return
    has = "not every value has" if old else "every value has"
    message = (
        f"enum {pair.current.full_name}: {has} a name without {old or new} now, so that code for Node calls "
        f"{kept} {kept[len(new) :]} instead of {kept[len(old) :]}"
    )
    remedy = f"begin every value with {old} and a letter" if old else ""
    yield SHORTENED.on_pair(comparison, pair, message, remedy=remedy)
