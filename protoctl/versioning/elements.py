"""The elements of a schema that a comparison is about: what each is called, where it stands and what it inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    EnumValueDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    OneofDescriptorProto,
    ServiceDescriptorProto,
)

from protoctl.schema.view import ENUM_TYPE, MESSAGE_TYPE, NESTED_ENUM, NESTED_TYPE, SERVICE
from protoctl.versioning.features import features_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.schema.view import Path
    from protoctl.versioning.features import Features

D = TypeVar("D")

FIELD = DescriptorProto.FIELD_FIELD_NUMBER
ONEOF = DescriptorProto.ONEOF_DECL_FIELD_NUMBER
NESTED_EXTENSION = DescriptorProto.EXTENSION_FIELD_NUMBER
EXTENSION = FileDescriptorProto.EXTENSION_FIELD_NUMBER
VALUE = EnumDescriptorProto.VALUE_FIELD_NUMBER
METHOD = ServiceDescriptorProto.METHOD_FIELD_NUMBER


@dataclass(frozen=True, slots=True, eq=False)
class Element(Generic[D]):
    """One thing that somebody declared; elements are compared by identity."""

    full_name: str
    """With its proto_package; a value counts as within its enum. The path for a file."""
    descriptor: D
    """As compiled."""
    file: FileDescriptorProto
    """Where it is declared."""
    path: Path
    """Its location within the file."""
    around: Element[Any] | None
    """What it is declared in; nothing for a file."""
    features: Features
    """Resolved."""

    @property
    def name(self) -> str:
        """As declared, without what is around it."""
        return self.full_name.rpartition(".")[2]

    @property
    def scope(self) -> Element[Any]:
        """What it is declared in; a file itself."""
        return self.around or self

    @property
    def home(self) -> File:
        """The file that it is declared in."""
        element: Element[Any] = self
        while element.around is not None:
            element = element.around
        return element

    @property
    def relative_name(self) -> str:
        """Without the proto_package."""
        return self.full_name.removeprefix(f"{self.file.package}." if self.file.package else "")


File = Element[FileDescriptorProto]
Message = Element[DescriptorProto]
Field = Element[FieldDescriptorProto]
Oneof = Element[OneofDescriptorProto]
Enum = Element[EnumDescriptorProto]
Value = Element[EnumValueDescriptorProto]
Service = Element[ServiceDescriptorProto]
Method = Element[MethodDescriptorProto]


def file_element(file: FileDescriptorProto) -> File:
    """Give a file as an element."""
    return Element(file.name, file, file, (), None, features_of(file))


def within(around: Element[Any], name: str, descriptor: Any, *path: int) -> Element[Any]:  # noqa: ANN401  of any kind
    """Give something that is declared within something else."""
    scope = around.file.package if around.around is None else around.full_name
    full_name = f"{scope}.{name}" if scope else name
    features = around.features.within(descriptor.options)
    return Element(full_name, descriptor, around.file, (*around.path, *path), around, features)


def messages_in(around: Element[Any]) -> Iterator[Message]:
    """Give the messages of a file or the nested ones of a message, without map entries."""
    is_file = around.around is None
    tag = MESSAGE_TYPE if is_file else NESTED_TYPE
    for at, one in enumerate(around.descriptor.message_type if is_file else around.descriptor.nested_type):
        if not one.options.map_entry:
            yield within(around, one.name, one, tag, at)


def enums_in(around: Element[Any]) -> Iterator[Enum]:
    """Give the enums of a file or of a message."""
    tag = ENUM_TYPE if around.around is None else NESTED_ENUM
    for at, one in enumerate(around.descriptor.enum_type):
        yield within(around, one.name, one, tag, at)


def extensions_in(around: Element[Any]) -> Iterator[Field]:
    """Give the extensions that a file or a message declares."""
    tag = EXTENSION if around.around is None else NESTED_EXTENSION
    for at, one in enumerate(around.descriptor.extension):
        yield within(around, one.name, one, tag, at)


def extensions_within(around: Element[Any]) -> Iterator[Field]:
    """Give the extensions that a file or a message declares, and those that messages within it do."""
    yield from extensions_in(around)
    for message in messages_in(around):
        yield from extensions_within(message)


def top_level(file: File) -> Iterator[Element[Any]]:
    """Give what stands at the top of a file, by kind."""
    for give in (messages_in, enums_in, services_in, extensions_in):
        yield from give(file)


def services_in(file: File) -> Iterator[Service]:
    """Give the services of a file."""
    for at, one in enumerate(file.descriptor.service):
        yield within(file, one.name, one, SERVICE, at)


def methods_in(service: Service) -> Iterator[Method]:
    """Give the methods of a service."""
    for at, one in enumerate(service.descriptor.method):
        yield within(service, one.name, one, METHOD, at)


def values_in(enum: Enum) -> Iterator[Value]:
    """Give the values of an enum."""
    for at, one in enumerate(enum.descriptor.value):
        yield within(enum, one.name, one, VALUE, at)


def oneofs_in(message: Message) -> Iterator[Oneof]:
    """Give the oneofs that somebody wrote, not those that `optional` stands for."""
    hidden = {field.oneof_index for field in message.descriptor.field if field.proto3_optional}
    for at, one in enumerate(message.descriptor.oneof_decl):
        if at not in hidden:
            yield within(message, one.name, one, ONEOF, at)


def fields_in(message: Message) -> Iterator[Field]:
    """Give the fields of a message; features of a oneof hold for its members."""
    for at, one in enumerate(message.descriptor.field):
        field = within(message, one.name, one, FIELD, at)
        oneof = oneof_of(field)
        if oneof is None or not oneof.options.HasField("features"):
            yield field
        else:
            features = message.features.within(oneof.options).within(one.options)
            yield Element(field.full_name, one, message.file, field.path, message, features)


def oneof_of(field: Field) -> OneofDescriptorProto | None:
    """Give the oneof that a field is a member of, as somebody wrote it."""
    descriptor = field.descriptor
    if field.around is None or not descriptor.HasField("oneof_index") or descriptor.proto3_optional:
        return None
    return field.around.descriptor.oneof_decl[descriptor.oneof_index]  # type: ignore[no-any-return]


def oneof_name(field: Field) -> str:
    """Give the name of the oneof that somebody wrote around a field; nothing without one."""
    oneof = oneof_of(field)
    return oneof.name if oneof is not None else ""


def members_of(oneof: Oneof) -> Iterator[str]:
    """Give the names of a oneof's members."""
    at = oneof.path[-1]
    message = oneof.around
    for one in message.descriptor.field if message else ():
        if one.HasField("oneof_index") and one.oneof_index == at:
            yield one.name


def map_entry_of(field: Field) -> DescriptorProto | None:
    """Give the entry that protoc writes for a map; nothing for other fields."""
    descriptor = field.descriptor
    if descriptor.type != descriptor.TYPE_MESSAGE or descriptor.label != descriptor.LABEL_REPEATED:
        return None
    if field.around is None or not field.around.path:
        return None
    scope, _, name = descriptor.type_name.rpartition(".")
    if scope != f".{field.around.full_name}":
        return None
    nested = field.around.descriptor.nested_type
    return next((one for one in nested if one.name == name and one.options.map_entry), None)
