"""Everything with a name in a file, and where the name stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from protoctl.checks.rule import NAME
from protoctl.schema.view import enums_of, messages_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.schema.view import Path

TOP = 2
"""Length of the location path of an element at the top of a file."""


class Element(NamedTuple):
    """A name."""

    kind: str
    """`message`, `enum`, `value`, `field`, `extension`, `oneof`, `service` or `rpc`."""
    name: str
    """As declared."""
    scope: str
    """Full name of what is around it."""
    path: Path
    """Location of the name."""
    is_top: bool
    """Whether the name stands at the top of the generated module: values of top-level enums do."""


class Extension(NamedTuple):
    """An extension of some message."""

    scope: str
    """Full name of what is around it."""
    descriptor: FieldDescriptorProto
    path: Path
    """Its location."""


def elements_of(file: FileDescriptorProto) -> Iterator[Element]:
    """Give every name that somebody wrote, map entries and the oneofs of `optional` left out."""
    for message in messages_of(file):
        if message.descriptor.options.map_entry:
            continue
        scope = message.full_name.rpartition(".")[0]
        is_top = len(message.path) == TOP
        yield Element("message", message.descriptor.name, scope, (*message.path, NAME), is_top)
        yield from members_of(message.full_name, message.descriptor, message.path)
    for enum in enums_of(file):
        scope = enum.full_name.rpartition(".")[0]
        is_top = len(enum.path) == TOP
        yield Element("enum", enum.descriptor.name, scope, (*enum.path, NAME), is_top)
        for at, value in enumerate(enum.descriptor.value):
            path = (*enum.path, EnumDescriptorProto.VALUE_FIELD_NUMBER, at, NAME)
            yield Element("value", value.name, enum.full_name, path, is_top)
    for declared in extensions_of(file):
        is_top = len(declared.path) == TOP
        yield Element("extension", declared.descriptor.name, declared.scope, (*declared.path, NAME), is_top)
    for service in services_of(file):
        scope = service.full_name.rpartition(".")[0]
        yield Element("service", service.descriptor.name, scope, (*service.path, NAME), is_top=True)
        for at, method in enumerate(service.descriptor.method):
            path = (*service.path, ServiceDescriptorProto.METHOD_FIELD_NUMBER, at, NAME)
            yield Element("rpc", method.name, service.full_name, path, is_top=False)


def extensions_of(file: FileDescriptorProto) -> Iterator[Extension]:
    """Give every extension that a file declares, those at the top first."""
    for at, one in enumerate(file.extension):
        yield Extension(file.package, one, (FileDescriptorProto.EXTENSION_FIELD_NUMBER, at))
    for message in messages_of(file):
        for at, one in enumerate(message.descriptor.extension):
            yield Extension(message.full_name, one, (*message.path, DescriptorProto.EXTENSION_FIELD_NUMBER, at))


def members_of(full_name: str, message: DescriptorProto, path: Path) -> Iterator[Element]:
    """Give the fields and oneofs of a message."""
    for at, field in enumerate(message.field):
        place = (*path, DescriptorProto.FIELD_FIELD_NUMBER, at, NAME)
        yield Element("field", field.name, full_name, place, is_top=False)
    hidden = {field.oneof_index for field in message.field if field.proto3_optional}
    for at, oneof in enumerate(message.oneof_decl):
        if at not in hidden:
            place = (*path, DescriptorProto.ONEOF_DECL_FIELD_NUMBER, at, NAME)
            yield Element("oneof", oneof.name, full_name, place, is_top=False)
