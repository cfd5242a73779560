"""Extensions that are gone or new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.options import is_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.schema.view import Schema
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field

DELETED = Rule(
    "extension-deleted",
    "An extension is gone: code that names it fails, and so does JSON that holds it",
    Change.MAJOR,
    Effects(wire=SAFE, json=CONDITIONAL, python=BREAK, node=BREAK),
)
ADDED = Rule(
    "extension-added",
    "An extension is new: strict readers of JSON that do not know it refuse it",
    Change.MINOR,
    Effects(json=CONDITIONAL),
)
EXCHANGED = Rule(
    "extension-field-exchanged",
    "An extension has the number of a former field, or the other way round: code and JSON name it otherwise",
    Change.MAJOR,
    Effects(wire=SAFE, json=BREAK, python=BREAK, node=BREAK),
)
RULES = (DELETED, ADDED, EXCHANGED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give extensions that only one side has; options have no JSON."""
    for one in comparison.extensions.deleted:
        extendee = comparison.renames.get(one.descriptor.extendee[1:], one.descriptor.extendee[1:])
        field = field_with(comparison.current, extendee, one.descriptor.number)
        if field is not None:
            message = f"extension {named(one)} is a field of its message now, {field.name}"
            effects = exchange_effects(comparison, one.descriptor, field)
            yield EXCHANGED.on_deleted(comparison, one, message, effects=effects)
        else:
            effects = DELETED.effects._replace(json=SAFE) if is_option(one.descriptor) else DELETED.effects
            yield DELETED.on_deleted(comparison, one, f"extension {named(one)} is deleted", effects=effects)
    for one in comparison.extensions.added:
        now = one.descriptor.extendee[1:]
        extendee = next((old for old, new in comparison.renames.items() if new == now), now)
        field = field_with(comparison.baseline, extendee, one.descriptor.number)
        if field is not None:
            message = f"extension {named(one)} has the number of the former field {field.name}"
            effects = exchange_effects(comparison, field, one.descriptor)
            yield EXCHANGED.on_added(comparison, one, message, effects=effects)
        else:
            effects = ADDED.effects._replace(json=SAFE) if is_option(one.descriptor) else ADDED.effects
            yield ADDED.on_added(comparison, one, f"extension {named(one)} is new", effects=effects)


def named(extension: Field) -> str:
    """Give an extension with what it extends, like `acme.user.v1.note (100 of acme.user.v1.User)`."""
    descriptor = extension.descriptor
    return f"{extension.full_name} ({descriptor.number} of {descriptor.extendee[1:]})"


def field_with(schema: Schema, message: str, number: int) -> FieldDescriptorProto | None:
    """Give the field of a message that has a number."""
    found = schema.types.get(message)
    fields = found.field if isinstance(found, DescriptorProto) else ()
    return next((one for one in fields if one.number == number), None)


def exchange_effects(comparison: Comparison, before: FieldDescriptorProto, now: FieldDescriptorProto) -> Effects:
    """Give what it does that one is read as the other: the bytes of equal types are equal."""
    is_same = (before.type, before.label) == (now.type, now.label)
    is_same = is_same and comparison.is_same_type(before.type_name, now.type_name)
    return EXCHANGED.effects if is_same else EXCHANGED.effects._replace(wire=BREAK)
