"""Enum values that are gone or new, their numbers with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FeatureSet

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.enum_values import kept_names, names_by_number
from protoctl.versioning.reserved import is_number_reserved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Value

DELETED = Rule(
    "enum-value-deleted",
    "An enum value is gone: code that names it fails, and so does JSON that holds its name",
    Change.MAJOR,
    Effects(wire=SAFE, json=CONDITIONAL, python=BREAK, node=BREAK),
)
ADDED = Rule(
    "enum-value-added",
    "An enum value is new: readers of JSON that do not know it refuse it, and closed enums keep it out of its field",
    Change.MINOR,
    Effects(json=CONDITIONAL),
)
REUSED = Rule(
    "enum-reserved-reused",
    "A new enum value takes a number or name that was reserved: what it meant before may still be stored",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=CONDITIONAL),
)
RULES = (DELETED, ADDED, REUSED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give values that only one side has."""
    for value in comparison.values.deleted:
        yield from deleted(comparison, value)
    for value in comparison.values.added:
        yield from added(comparison, value)


def deleted(comparison: Comparison, value: Value) -> Iterator[Difference]:
    """Give the finding about a value whose number has none of its names any more."""
    enum, number = comparison.counterparts[value.scope].descriptor, value.descriptor.number
    if kept_names(value.scope.descriptor, enum, number):
        return
    names = names_by_number(enum).get(number, [])
    effects = DELETED.effects
    if value.features.enum_type == FeatureSet.CLOSED:
        effects = effects._replace(wire=CONDITIONAL)
    if names:
        effects = effects._replace(wire=CONDITIONAL, json=BREAK)
    message = f"value {value.full_name} = {number} is deleted" + (f"; {number} is {names[0]} now" if names else "")
    remedy = reservation(value, enum, is_taken=bool(names))
    yield DELETED.on_deleted(comparison, value, message, effects=effects, remedy=remedy)


def reservation(value: Value, enum: EnumDescriptorProto, *, is_taken: bool) -> str:
    """Give the statements that reserve a value's place, as protos write them; nothing when all is reserved or taken."""
    number, name = value.descriptor.number, value.name if value.file.syntax == "editions" else f'"{value.name}"'
    statements = [] if is_taken or is_number_reserved(enum, number) else [f"reserved {number};"]
    if value.name not in enum.reserved_name:
        statements.append(f"reserved {name};")
    return " ".join(statements)


def added(comparison: Comparison, value: Value) -> Iterator[Difference]:
    """Give the finding about a value whose number is new, or was reserved, or whose name was."""
    enum: EnumDescriptorProto = comparison.counterparts[value.scope].descriptor
    name, number = value.name, value.descriptor.number
    reserved = [str(number)] if is_number_reserved(enum, number) else []
    reserved += [f'"{name}"'] if name in enum.reserved_name else []
    if reserved:
        message = f"value {value.full_name} = {number} is new and takes what was reserved: {', '.join(reserved)}"
        yield REUSED.on_added(comparison, value, message, remedy="choose a number and a name that were never used")
    elif not kept_names(enum, value.scope.descriptor, number):
        is_closed = value.features.enum_type == FeatureSet.CLOSED
        effects = ADDED.effects._replace(wire=CONDITIONAL) if is_closed else ADDED.effects
        yield ADDED.on_added(comparison, value, f"value {value.full_name} = {number} is new", effects=effects)
