"""What a finding of buf is about, by full name: buf writes names without their package, and values by number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.schema.view import enums_of, messages_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

    from buf.breaking import Reported

    Files = Mapping[str, FileDescriptorProto]

FIELD = re.compile(
    r'(?:field|extension) "(?P<number>\d+)"(?: with name "(?P<name>[^"]+)")? on message "(?P<owner>[^"]+)"',
    re.IGNORECASE,
)
REQUIRED = re.compile(r'Message "(?P<owner>[^"]+)" had required field "(?P<number>\d+)"')
VALUE = re.compile(r'enum value "(?P<number>-?\d+)" on enum "(?P<owner>[^"]+)"', re.IGNORECASE)
METHOD = re.compile(r'RPC "(?P<name>[^"]+)" on service "(?P<owner>[^"]+)"')
ONEOF = re.compile(r'oneof "(?P<name>[^"]+)"')
ONEOF_OF = re.compile(r'oneof "(?P<name>[^"]+)" on message "(?P<owner>[^"]+)"')
HOLDER = re.compile(r'on message "(?P<name>[^"]+)"')
SYMBOL = re.compile(r'(?:message|enum|service|extension) "(?P<name>[^"]+)"', re.IGNORECASE)
FILE = re.compile(r'Previously present file "(?P<path>[^"]+)"')
MESSAGE_OPTION = re.compile(r'Message option "')
SHORT_SPAN = 3
"""Numbers of a span that ends on its first line."""


@dataclass(frozen=True)
class Subject:
    """What a finding is about."""

    file: str
    """Import path of where it is or was."""
    elements: frozenset[str]
    """Its full names before and now, in every spelling; of a file its path and proto_packages."""
    is_file: bool
    """Whether it is the file as a whole."""
    is_gone: bool
    """Whether it is a file that is no longer there."""


def find_subject(reported: Reported, baseline: Files, current: Files) -> Subject:
    """Give the subject of a finding."""
    gone = FILE.search(reported.message)
    path = gone["path"] if gone else reported.path
    sides = [side[path] for side in (baseline, current) if path in side]
    names = {name for file in sides for name in names_in(reported, file)}
    elements = frozenset(names or {path, *(file.package for file in sides if file.package)})
    return Subject(path, elements, is_file=not names, is_gone=bool(gone))


def names_in(reported: Reported, file: FileDescriptorProto) -> Iterator[str]:
    """Give the full names of a finding's subject on one side."""
    message = reported.message
    prefix = f"{file.package}." if file.package else ""
    if found := FIELD.search(message) or REQUIRED.search(message):
        yield from field_names(file, found["owner"], int(found["number"]), (found.groupdict().get("name") or ""))
        yield from (f"{prefix}{found['owner']}.{one['name']}" for one in ONEOF.finditer(message))
    elif found := VALUE.search(message):
        yield from value_names(file, f"{prefix}{found['owner']}", int(found["number"]))
    elif found := METHOD.search(message) or ONEOF_OF.search(message):
        yield f"{prefix}{found['owner']}.{found['name']}"
    elif found := HOLDER.search(message) or SYMBOL.search(message):
        yield f"{prefix}{found['name']}"
    elif MESSAGE_OPTION.search(message):
        yield from elements_at(file, reported.line)


def field_names(file: FileDescriptorProto, owner: str, number: int, name: str) -> Iterator[str]:
    """Give the names of a field or extension by its number, and by the name that buf gives it."""
    prefix = f"{file.package}." if file.package else ""
    for message in messages_of(file):
        if message.full_name in {owner, f"{prefix}{owner}"}:
            yield from (f"{message.full_name}.{one.name}" for one in message.descriptor.field if one.number == number)
        yield from (
            f"{message.full_name}.{one.name}" for one in message.descriptor.extension if is_same(one, owner, number)
        )
    yield from (f"{prefix}{one.name}" for one in file.extension if is_same(one, owner, number))
    if name:
        yield name if "." in name else f"{prefix}{owner}.{name}"


def is_same(extension: FieldDescriptorProto, owner: str, number: int) -> bool:
    """Tell whether an extension is that of a number and a message."""
    return (extension.extendee.lstrip("."), extension.number) == (owner, number)


def value_names(file: FileDescriptorProto, owner: str, number: int) -> Iterator[str]:
    """Give the names of an enum's values by number, as members of the enum and, as protobuf scopes them, beside it."""
    for enum in enums_of(file):
        if enum.full_name == owner:
            scope = owner.rpartition(".")[0]
            for one in enum.descriptor.value:
                if one.number == number:
                    yield f"{owner}.{one.name}"
                    yield f"{scope}.{one.name}" if scope else one.name


def elements_at(file: FileDescriptorProto, line: int) -> Iterator[str]:
    """Give the messages and services that hold a line; buf names none of them."""
    spans = {tuple(one.path): one.span for one in file.source_code_info.location}
    elements = [*((one.full_name, one.path) for one in messages_of(file))]
    elements += [(one.full_name, one.path) for one in services_of(file)]
    for name, path in elements:
        span = spans.get(path)
        if span and span[0] < line <= (span[2] if len(span) > SHORT_SPAN else span[0]) + 1:
            yield name
