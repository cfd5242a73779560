"""What code against Python stubs may rely on, read off a schema as facts: none of them may go with a safe change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.round_trips import KINDS, entry_of, is_map
from protoctl.targets.python.naming import module_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor

    from fuzz.round_trips import Side

    Fact = tuple[object, ...]

PYTHON_KINDS = {"string": "str", "bytes": "bytes", "bool": "bool", "float": "float", "double": "float"}


def python_facts(side: Side) -> set[Fact]:
    """Give every fact of a schema."""
    return {fact for file in side.schema.own_files() for fact in file_facts(side, file.name)}


def file_facts(side: Side, path: str) -> Iterator[Fact]:
    """Give the facts of the modules that are generated from a file."""
    module = module_path(path)
    file = side.pool.FindFileByName(path)
    for message in file.message_types_by_name.values():
        yield from message_facts(f"{module}.{message.name}", message)
    for enum in file.enum_types_by_name.values():
        yield from enum_facts(module, enum)
    yield from (("extension", module, one.name, kind_of(one)) for one in file.extensions_by_name.values())
    for service in file.services_by_name.values():
        yield ("service", module, service.name)
        for method in service.methods:
            kinds = (method.client_streaming, method.server_streaming)
            yield (
                "method",
                module,
                service.name,
                method.name,
                kinds,
                home(method.input_type),
                home(method.output_type),
            )


def message_facts(name: str, message: Descriptor) -> Iterator[Fact]:
    """Give the facts of a class."""
    yield ("class", name)
    for field in message.fields:
        yield ("field", name, field.name, kind_of(field))
        if field.has_presence:
            yield ("presence", name, field.name)
    for oneof in message.oneofs:
        if not is_synthetic(oneof):
            yield ("oneof", name, oneof.name)
            yield from (("member", name, oneof.name, field.name) for field in oneof.fields)
    for nested in message.nested_types:
        if not nested.GetOptions().map_entry:
            yield from message_facts(f"{name}.{nested.name}", nested)
    for enum in message.enum_types:
        yield from enum_facts(name, enum)


def enum_facts(scope: str, enum: EnumDescriptor) -> Iterator[Fact]:
    """Give the facts of an enum and of its values, whose numbers are nothing that code writes."""
    yield ("enum", scope, enum.name)
    yield from (("value", scope, enum.name, value.name) for value in enum.values)


def kind_of(field: FieldDescriptor) -> Fact:
    """Give the Python type of a field."""
    if is_map(field):
        return ("map", *map(value_kind, entry_of(field)))
    return ("list" if field.is_repeated else "one", value_kind(field))


def value_kind(field: FieldDescriptor) -> str:
    """Give the Python type of one value."""
    if field.message_type:
        return home(field.message_type)
    if field.enum_type:
        return home(field.enum_type)
    return PYTHON_KINDS.get(KINDS[field.type], "int")


def home(symbol: Descriptor | EnumDescriptor) -> str:
    """Give the module of a class and its path within."""
    path = symbol.full_name.removeprefix(f"{symbol.file.package}.")
    return f"{module_path(symbol.file.name)}.{path}"


def is_synthetic(oneof: OneofDescriptor) -> bool:
    """Tell whether a oneof only stands for an `optional` field."""
    return [field.name.strip("_") for field in oneof.fields] == [oneof.name.lstrip("X").strip("_")]
