"""Extensions that are gone or new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.options import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field

DELETED = Rule(
    "extension-deleted",
    "An extension is gone: code that names it fails, and so does JSON that holds it",
    Change.MAJOR,
    Effects(wire=SAFE, json=CONDITIONAL, python=BREAK, node=BREAK),
)
ADDED = Rule("extension-added", "An extension is new", Change.MINOR)
REUSED = Rule(
    "extension-number-reused",
    "A new extension has the number that a field had: bytes of the field are read as the extension",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=SAFE, python=SAFE, node=SAFE),
)
RULES = (DELETED, ADDED, REUSED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give extensions that only one side has; options have no JSON."""
    for one in comparison.extensions.deleted:
        effects = DELETED.effects._replace(json=SAFE) if one.descriptor.extendee.startswith(PREFIX) else DELETED.effects
        yield DELETED.on_deleted(comparison, one, f"extension {named(one)} is deleted", effects=effects)
    for one in comparison.extensions.added:
        field = former_field(comparison, one.descriptor)
        if field is None:
            yield ADDED.on_added(comparison, one, f"extension {named(one)} is new")
            continue
        is_same = (field.type, field.label, field.type_name) == (
            one.descriptor.type,
            one.descriptor.label,
            one.descriptor.type_name,
        )
        effects = REUSED.effects if is_same else REUSED.effects._replace(wire=BREAK)
        message = f"extension {named(one)} is new and has the number of the former field {field.name}"
        yield REUSED.on_added(comparison, one, message, effects=effects)


def named(extension: Field) -> str:
    """Give an extension with what it extends, like `acme.user.v1.note (100 of acme.user.v1.User)`."""
    descriptor = extension.descriptor
    return f"{extension.full_name} ({descriptor.number} of {descriptor.extendee[1:]})"


def former_field(comparison: Comparison, extension: FieldDescriptorProto) -> FieldDescriptorProto | None:
    """Give the field of the baseline whose number an extension has now."""
    now = extension.extendee[1:]
    before = next((old for old, new in comparison.renames.items() if new == now), now)
    message = comparison.baseline.types.get(before)
    fields = message.field if isinstance(message, DescriptorProto) else ()
    return next((one for one in fields if one.number == extension.number), None)
