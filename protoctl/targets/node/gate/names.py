"""What protobuf-es calls things in JavaScript, told again from its rules: the trials must not ask the code on trial.

The rules are in `@bufbuild/protobuf` (reflect/names, registry) and `@bufbuild/protoplugin` (names, safe-identifier).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from protoctl.targets.node.naming import BUILT_INS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        EnumDescriptorProto,
        FieldDescriptorProto,
        FileDescriptorProto,
        ServiceDescriptorProto,
    )

RESERVED = re.compile(
    "break|case|catch|class|const|continue|debugger|default|delete|do|else|export|extends|false|finally|for|function|if|"
    "import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|enum|"
    "implements|interface|let|package|private|protected|public|static|Object|bigint|number|boolean|string|object|"
    "globalThis|Uint8Array|Partial"
)
"""Words that protobuf-es does not use as names."""


class Declared(NamedTuple):
    """A type that a file declares."""

    full_name: str
    kind: str
    """`message`, `enum`, `service` or `extension`."""
    descriptor: DescriptorProto | EnumDescriptorProto | ServiceDescriptorProto | FieldDescriptorProto


class Names(NamedTuple):
    """What a file exports for a type."""

    shape: str
    """The type; nothing for a service."""
    schema: str
    """The descriptor."""


def declared(file: FileDescriptorProto) -> Iterator[Declared]:
    """Give the types of a file in the order in which names are given out."""
    prefix = f"{file.package}." if file.package else ""
    for message in file.message_type:
        yield from declared_in(message, prefix)
    for enum in file.enum_type:
        yield Declared(prefix + enum.name, "enum", enum)
    for service in file.service:
        yield Declared(prefix + service.name, "service", service)
    for extension in file.extension:
        yield Declared(prefix + extension.name, "extension", extension)


def declared_in(message: DescriptorProto, prefix: str) -> Iterator[Declared]:
    """Give a message and the types within; the entries of maps are none."""
    if message.options.map_entry:
        return
    full_name = prefix + message.name
    yield Declared(full_name, "message", message)
    for inner in message.nested_type:
        yield from declared_in(inner, f"{full_name}.")
    for enum in message.enum_type:
        yield Declared(f"{full_name}.{enum.name}", "enum", enum)
    for extension in message.extension:
        yield Declared(f"{full_name}.{extension.name}", "extension", extension)


def exported_names(file: FileDescriptorProto) -> dict[str, Names]:
    """Give what a file exports, by full name; a name that is taken gets a `$`."""
    types = list(declared(file))
    taken: set[str] = set()
    shapes = {}
    for one in types:
        if one.kind in {"message", "enum"}:
            shapes[one.full_name] = take(identifier(one.full_name, file), taken)
    take("file_" + re.sub(r"[^a-zA-Z0-9_]+", "_", file.name.removesuffix(".proto")), taken)
    names = {}
    for one in types:
        suffix = "Schema" if one.kind in {"message", "enum"} else ""
        schema = take(identifier(one.full_name, file) + suffix, taken)
        names[one.full_name] = Names(shapes.get(one.full_name, ""), schema)
    return names


def take(name: str, taken: set[str]) -> str:
    """Give a name that is not taken yet and take it: itself, or followed by `$`, `$1`, `$2` …."""
    number = 0
    while True:
        salted = safe_identifier(name + ("" if not number else "$" if number == 1 else f"${number - 1}"))
        if salted not in taken:
            taken.add(salted)
            return salted
        number += 1


def identifier(full_name: str, file: FileDescriptorProto) -> str:
    """Give a full name without its proto_package, `_` between its parts."""
    return full_name.removeprefix(f"{file.package}." if file.package else "").replace(".", "_")


def safe_identifier(name: str) -> str:
    """Give a name that is no reserved word."""
    return f"{name}$" if RESERVED.fullmatch(name) else name


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
    prefix = re.sub(r"([A-Z])", r"_\1", enum.name[:1].lower() + enum.name[1:]).lower() + "_"
    short = [value.name[len(prefix) :] for value in enum.value if value.name.lower().startswith(prefix)]
    is_shared = len(short) == len(enum.value) and all(one and not one[0].isdigit() for one in short)
    names = short if is_shared else [value.name for value in enum.value]
    return {safe_property(name): value.number for name, value in zip(names, enum.value, strict=True)}
