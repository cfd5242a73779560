"""How the values of a field are written on the wire, where the type alone does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.versioning.elements import map_entry_of
from protoctl.versioning.features import DELIMITED, PACKED
from protoctl.versioning.field_types import BYTES, MESSAGE, STRING, is_message, is_repeated

if TYPE_CHECKING:
    from protoctl.versioning.elements import Field


def is_packed(field: Field) -> bool:
    """Tell whether the values of a field are written into one block."""
    one = field.descriptor
    if not is_repeated(one) or is_message(one) or one.type in (STRING, BYTES):
        return False
    return one.options.packed if one.options.HasField("packed") else field.features.repeated_field_encoding == PACKED


def is_delimited(field: Field) -> bool:
    """Tell whether messages of a field stand between a start and an end tag, as groups do; those of maps never do."""
    descriptor = field.descriptor
    if descriptor.type == descriptor.TYPE_GROUP:
        return True
    return descriptor.type == MESSAGE and field.features.message_encoding == DELIMITED and map_entry_of(field) is None


def has_strings(field: Field) -> bool:
    """Tell whether values, or keys or values of a map, are strings."""
    entry = map_entry_of(field)
    return any(one.type == STRING for one in (entry.field if entry else (field.descriptor,)))
