"""What protobuf-es calls types in JavaScript, told again from its rules.

Names depend on what else a file declares, so a new type can change those of others. The rules are in
`@bufbuild/protobuf` (registry) and `@bufbuild/protoplugin` (names, safe-identifier).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

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


def shared_prefix(enum: EnumDescriptorProto) -> str:
    """Give what protoc-gen-es leaves out of the names of all values, like `STATE_`; nothing unless all have it.

    What is left of each name must be able to stand alone: it is not empty and begins with no digit
    (`findEnumSharedPrefix` in https://github.com/bufbuild/protobuf-es/blob/main/packages/protobuf/src/registry.ts).
    """
    prefix = (enum.name[:1] + re.sub("([A-Z])", r"_\1", enum.name[1:]) + "_").upper()
    rests = [one.name[len(prefix) :] for one in enum.value if one.name.upper().startswith(prefix)]
    is_shared = len(rests) == len(enum.value) and all(rest and not "0" <= rest[0] <= "9" for rest in rests)
    return prefix if is_shared else ""
