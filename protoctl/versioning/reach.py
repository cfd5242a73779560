"""Which types a module's own messages and services are made of, in whatever file they stand."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.kit.dag import closure
from protoctl.schema.view import messages_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

    from protoctl.schema.view import Schema


class Reach:
    """What modules of one schema are made of."""

    def __init__(self, schema: Schema) -> None:
        """Take the schema; nothing is read yet."""
        self.schema = schema

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """Full name of every message to those of the types of its fields and extensions."""
        messages = (message for file in self.schema.files.values() for message in messages_of(file))
        return {message.full_name: tuple(types_of(message.descriptor)) for message in messages}

    def of(self, module: str) -> set[str]:
        """Give the full names of all messages and enums that data or code of a module can hold, its own included."""
        own = [self.schema.files[path] for path in self.schema.module_files(module)]
        pending = [message.full_name for file in own for message in messages_of(file)]
        pending += [
            name[1:]
            for file in own
            for service in services_of(file)
            for method in service.descriptor.method
            for name in (method.input_type, method.output_type)
        ]
        pending += [name for file in own for name in extended_types(file.extension)]
        return closure(pending, self.parts)


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


def types_around(element: str) -> tuple[str, str]:
    """Give what an element may be by its full name: a type itself, or a direct member of one."""
    return element, element.rpartition(".")[0]
