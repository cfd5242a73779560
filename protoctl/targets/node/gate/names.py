"""What protobuf-es calls members in JavaScript, told again from its rules: the trials must not ask the code on trial.

The rules are in `@bufbuild/protobuf` (reflect/names, registry).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from protoctl.schema.node_names import shared_prefix
from protoctl.targets.node.naming import BUILT_INS

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import EnumDescriptorProto, FieldDescriptorProto


def safe_property(name: str) -> str:
    """Give a name that is no property of every object."""
    return f"{name}$" if name in BUILT_INS else name


def camel_case(name: str) -> str:
    """Give a field's name as its default `json_name` is."""
    return re.sub(r"_+([^0-9_]?)", lambda found: found[1].upper(), name)


def field_name(field: FieldDescriptorProto, *, is_in_oneof: bool) -> str:
    """Give the property of a field, or its case within a oneof."""
    name = camel_case(field.name)
    return name if is_in_oneof else safe_property(name)


def value_names(enum: EnumDescriptorProto) -> dict[str, int]:
    """Give the members of an enum and their numbers: without the enum's own name if all begin with it."""
    length = len(shared_prefix(enum))
    return {safe_property(value.name[length:]): value.number for value in enum.value}
