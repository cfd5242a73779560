"""Whether absent is another thing than zero: presence of fields, as syntax, label and features say it together."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from protoctl.versioning.elements import oneof_of
from protoctl.versioning.features import IMPLICIT, REQUIRED
from protoctl.versioning.field_types import is_message, is_repeated

if TYPE_CHECKING:
    from protoctl.versioning.elements import Field


class Presence(Enum):
    """What is known of a field's absence (https://protobuf.dev/programming-guides/field_presence)."""

    REQUIRED = "required"
    """Absence is an error."""
    EXPLICIT = "optional"
    """Absence can be told from zero."""
    IMPLICIT = "implicit"
    """Absence is zero."""
    LIST = "repeated"
    """Absence is an empty list or map."""


def presence_of(field: Field) -> Presence:
    """Give the presence of a field or extension."""
    one = field.descriptor
    if is_repeated(one):
        return Presence.LIST
    if is_required(field):
        return Presence.REQUIRED
    if is_message(one) or one.proto3_optional or one.extendee or oneof_of(field) is not None:
        return Presence.EXPLICIT
    return Presence.IMPLICIT if field.features.field_presence == IMPLICIT else Presence.EXPLICIT


def is_required(field: Field) -> bool:
    """Tell whether a message without the field is refused; compilers allow that for single fields of messages only."""
    return field.descriptor.label == field.descriptor.LABEL_REQUIRED or field.features.field_presence == REQUIRED


def is_undefined_in_node(field: Field) -> bool:
    """Tell whether a scalar or enum is `undefined` in Node when it is absent, which is what `optional` does in proto3.

    Under proto2 and editions its default is given instead.
    """
    return field.descriptor.proto3_optional and not is_message(field.descriptor)
