"""Further names of an enum number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.enum_values import kept_names, names_by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Value
    from protoctl.versioning.matching import Pair

ADDED = Rule("enum-alias-added", "An enum number has a further name", Change.MINOR)
DELETED = Rule(
    "enum-alias-deleted",
    "One of several names of an enum number is gone: code that uses it fails, and so does JSON if it was the first",
    Change.MAJOR,
    Effects(wire=SAFE, json=SAFE, python=BREAK, node=BREAK),
)
PRINTED = Rule(
    "enum-alias-first",
    "Another name of an enum number comes first, which is the one that JSON is written with",
    Change.MAJOR,
    Effects(json=BREAK),
)
RULES = (ADDED, DELETED, PRINTED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give further names that only one side has, and those that changed their order."""
    for value in comparison.values.added:
        yield from added(comparison, value)
    for value in comparison.values.deleted:
        yield from deleted(comparison, value)
    for pair in comparison.enums.both:
        yield from reordered(comparison, pair)


def added(comparison: Comparison, value: Value) -> Iterator[Difference]:
    """Give the finding about a new name of a number that keeps another."""
    number = value.descriptor.number
    kept = kept_names(comparison.counterparts[value.scope].descriptor, value.scope.descriptor, number)
    if not kept:
        return
    message = f"value {value.full_name} is a further name of {number}, {kept[0]}"
    if names_by_number(value.scope.descriptor)[number][0] == value.name:
        message += ", and JSON is written with it"
        yield PRINTED.on_added(comparison, value, message, remedy=f"write {value.name} after {kept[0]}")
    else:
        yield ADDED.on_added(comparison, value, message)


def deleted(comparison: Comparison, value: Value) -> Iterator[Difference]:
    """Give the finding about a former name of a number that keeps another."""
    number = value.descriptor.number
    kept = kept_names(value.scope.descriptor, comparison.counterparts[value.scope].descriptor, number)
    if kept:
        was_first = names_by_number(value.scope.descriptor)[number][0] == value.name
        effects = DELETED.effects._replace(json=BREAK) if was_first else DELETED.effects
        message = f"value {value.full_name} is deleted; its number {number} is still {kept[0]}"
        yield DELETED.on_deleted(comparison, value, message, effects=effects)


def reordered(comparison: Comparison, pair: Pair[EnumDescriptorProto]) -> Iterator[Difference]:
    """Give the numbers of which another known name comes first; what was written before can still be read."""
    before, now = names_by_number(pair.baseline.descriptor), names_by_number(pair.current.descriptor)
    for number in sorted(before.keys() & now.keys()):
        old, new = before[number], now[number]
        if old[0] != new[0] and old[0] in new and new[0] in old:
            message = f"value {number} of enum {pair.current.full_name} is written as {new[0]} instead of {old[0]}"
            effects = PRINTED.effects._replace(json=CONDITIONAL)
            yield PRINTED.on_pair(comparison, pair, message, effects=effects, remedy=f"write {old[0]} first")
