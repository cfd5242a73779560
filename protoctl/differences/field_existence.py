"""Fields that are gone or new, and numbers and names that come to mean something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import fields_in, oneof_name
from protoctl.versioning.field_types import declared_type, is_repeated
from protoctl.versioning.matching import Pair
from protoctl.versioning.presence import is_required
from protoctl.versioning.reserved import is_number_reserved
from protoctl.versioning.type_effects import type_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.model.change import Effect
    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field, Message

DELETED = Rule(
    "field-deleted",
    "A field is gone: code that uses it fails, and strict readers of JSON refuse what old writers send",
    Change.MAJOR,
    Effects(json=CONDITIONAL, python=BREAK, node=BREAK),
)
REQUIRED_DELETED = Rule(
    "field-required-deleted",
    "A required field is gone: those who still require it refuse what new writers send",
    Change.MAJOR,
    Effects(wire=BREAK, json=BREAK, python=BREAK, node=BREAK),
)
ADDED = Rule(
    "field-added",
    "A field is new: strict readers of JSON that do not know it refuse it",
    Change.MINOR,
    Effects(json=CONDITIONAL),
)
REQUIRED_ADDED = Rule(
    "field-required-added",
    "A required field is new: what old writers send and what is stored is refused",
    Change.MAJOR,
    Effects(wire=BREAK, json=BREAK),
)
REPLACED = Rule(
    "field-number-reused",
    "The number of a field now belongs to another one: stored bytes and running programs read one as the other",
    Change.MAJOR,
    Effects(wire=BREAK, json=BREAK, python=BREAK, node=BREAK),
)
RESERVED_USED = Rule(
    "field-reserved-reused",
    "A number or name that was reserved is used again: what was stored under it long ago is read as the new field",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=CONDITIONAL),
)
RULES = (DELETED, REQUIRED_DELETED, ADDED, REQUIRED_ADDED, REPLACED, RESERVED_USED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields that only one side has; one in the place of another is one finding."""
    gone = {
        (comparison.counterparts[one.around], number_of(one)): one for one in comparison.fields.deleted if one.around
    }
    for field in comparison.fields.added:
        if (old := gone.pop((field.around, number_of(field)), None)) is not None:  # type: ignore[arg-type]
            yield replaced(comparison, Pair(old, field))
        else:
            yield added(comparison, field)
    for field in gone.values():
        yield deleted(comparison, field)


def deleted(comparison: Comparison, field: Field) -> Difference:
    """Give the finding about a field that is gone; it says what is not reserved."""
    rule = REQUIRED_DELETED if is_required(field) else DELETED
    words = f"field {described(field)} is deleted"
    free = unreserved(comparison.nearest_current(field), field)
    if free:
        words += f", and its {' and its '.join(free)} {'is' if len(free) == 1 else 'are'} not reserved"
    return rule.on_deleted(comparison, field, words, remedy=" ".join(free.values()))


def unreserved(message: Message | None, field: Field) -> dict[str, str]:
    """Give what a message leaves free for others that was a field's, each with the line that reserves it."""
    number, name = number_of(field), field.name
    free: dict[str, str] = {}
    if message is None:
        return free
    if not is_number_reserved(message.descriptor, number) and all(
        one.number != number for one in message.descriptor.field
    ):
        free["number"] = f"reserved {number};"
    if name not in message.descriptor.reserved_name:
        free["name"] = f"reserved {name};" if message.file.syntax == "editions" else f'reserved "{name}";'
    return free


def added(comparison: Comparison, field: Field) -> Difference:
    """Give the finding about a field that is new."""
    before = comparison.counterparts.get(field.around) if field.around else None
    words = f"field {described(field)} is new"
    if oneof_name(field):
        words += f" in oneof {oneof_name(field)}"
    if before is not None and (moved := holder_of(before, number_of(field))) is not None:
        return taken(comparison, Pair(moved, field))
    if is_required(field):
        words += " and required"
    reserved = reserved_by(before, field) if before is not None else ""
    if reserved:
        words += f", though {reserved} was reserved"
    if is_required(field):
        return REQUIRED_ADDED.on_added(comparison, field, words, remedy="make it optional")
    if before is None or not reserved:
        return ADDED.on_added(comparison, field, words)
    effects = RESERVED_USED.effects._replace(
        wire=CONDITIONAL if is_number_reserved(before.descriptor, number_of(field)) else SAFE
    )
    remedy = "take a number and a name that were never used"
    return RESERVED_USED.on_added(comparison, field, words, effects=effects, remedy=remedy)


def replaced(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about a new field with the number of one that is gone."""
    before, now = pair.baseline, pair.current
    words = (
        f"field {before.full_name} ({declared_type(before)}) is deleted, "
        f"and its number {number_of(now)} is used again for {now.name} ({declared_type(now)})"
    )
    is_demanded = is_required(before) or is_required(now)
    effects = REPLACED.effects._replace(wire=BREAK if is_demanded else wire_effect(comparison, pair))
    return REPLACED.on_pair(comparison, pair, words, effects=effects, remedy=f"give {now.name} a number of its own")


def taken(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about a new field with the number of one that got another number."""
    before, now = pair.baseline, pair.current
    words = (
        f"field {now.full_name} ({declared_type(now)}) is new and takes number {number_of(now)}, "
        f"which was {before.name}'s ({declared_type(before)})"
    )
    added_alone = REQUIRED_ADDED.effects if is_required(now) else ADDED.effects
    effects = added_alone.worst(Effects(wire=wire_effect(comparison, pair)))
    return REPLACED.on_added(comparison, now, words, effects=effects, remedy=f"give {now.name} a number of its own")


def wire_effect(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Effect:
    """Give what it does to bytes that one field is read as another."""
    if is_repeated(pair.baseline.descriptor) != is_repeated(pair.current.descriptor):
        return BREAK
    effects = type_effects(comparison, pair)
    return max(CONDITIONAL, effects.wire) if effects else CONDITIONAL


def holder_of(message: Message, number: int) -> Field | None:
    """Give the field of a message that has a number."""
    if all(one.number != number for one in message.descriptor.field):
        return None
    return next((one for one in fields_in(message) if number_of(one) == number), None)


def reserved_by(message: Message, field: Field) -> str:
    """Give what of a field a message reserved, as a person says it; nothing when it is free."""
    if is_number_reserved(message.descriptor, number_of(field)):
        return f"number {number_of(field)}"
    return f"name {field.name}" if field.name in message.descriptor.reserved_name else ""


def number_of(field: Field) -> int:
    """Give the number of a field."""
    return field.descriptor.number


def described(field: Field) -> str:
    """Give a field as messages name it, like `acme.user.v1.User.name (string, number 2)`."""
    return f"{field.full_name} ({declared_type(field)}, number {number_of(field)})"
