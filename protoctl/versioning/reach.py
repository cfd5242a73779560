"""Which types a module's own messages and services are made of, in whatever file they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.schema.view import messages_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

    from protoctl.schema.view import Schema


def reached_types(schema: Schema, module: str) -> set[str]:
    """Give the full names of all messages and enums that data or code of a module can hold, its own included."""
    own = [schema.files[path] for path in schema.module_files(module)]
    messages = {
        message.full_name: message.descriptor
        for path in schema.closure(file.name for file in own)
        for message in messages_of(schema.files[path])
    }
    pending = [message.full_name for file in own for message in messages_of(file)]
    pending += [
        name[1:]
        for file in own
        for service in services_of(file)
        for method in service.descriptor.method
        for name in (method.input_type, method.output_type)
    ]
    pending += [name for file in own for name in extended_types(file.extension)]
    reached: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += types_of(messages[name]) if name in messages else ()
    return reached


def types_of(message: DescriptorProto) -> Iterator[str]:
    """Give the full names of the types of a message's fields and extensions."""
    yield from (field.type_name[1:] for field in message.field if field.type_name)
    yield from extended_types(message.extension)


def extended_types(extensions: Iterable[FieldDescriptorProto]) -> Iterator[str]:
    """Give the full names of the types that extensions have and extend."""
    for one in extensions:
        yield one.extendee[1:]
        if one.type_name:
            yield one.type_name[1:]


def is_within(element: str, types: set[str]) -> bool:
    """Tell whether an element is one of some types, or a direct member of one."""
    return element in types or element.rpartition(".")[0] in types
