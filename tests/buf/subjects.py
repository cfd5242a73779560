"""What a finding of buf is about, by full name: buf writes names without what is around them, and values by number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from protoctl.schema.view import enums_of, messages_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        EnumDescriptorProto,
        FieldDescriptorProto,
        FileDescriptorProto,
    )

    from buf.breaking import Reported

    Files = Mapping[str, FileDescriptorProto]

NUMBERED = re.compile(
    r'(?P<kind>field|extension|enum value) "(?P<number>-?\d+)"(?: with name "(?P<name>[^"]+)")?'
    r' on (?:message|enum) "(?P<owner>[^"]+)"',
    re.IGNORECASE,
)
REQUIRED = re.compile(r'(?P<kind>M)essage "(?P<owner>[^"]+)" had required (?P<name>field) "(?P<number>\d+)"')
MEMBER = re.compile(r'(?:RPC|oneof) "(?P<name>[^"]+)" on (?:service|message) "(?P<owner>[^"]+)"')
ONEOF = re.compile(r'oneof "(?P<name>[^"]+)"')
HOLDER = re.compile(r'on message "(?P<name>[^"]+)"')
SYMBOL = re.compile(r'(?:message|enum|service|extension) "(?P<name>[^"]+)"', re.IGNORECASE)
FILE = re.compile(r'Previously present file "(?P<path>[^"]+)"')
OPTION = "Message option "
"""How a message begins that names no element."""
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


class Holder(NamedTuple):
    """A message, enum or service and the lines that it takes."""

    full_name: str
    descriptor: object
    lines: range


def find_subject(reported: Reported, baseline: Files, current: Files) -> Subject:
    """Give the subject of a finding."""
    path = file_of(reported)
    now = Names(current, path).at(reported.line)
    around = {one.full_name for one in now}
    names = {name for side in (baseline, current) for name in Names(side, path).subjects(reported, around)}
    packages = {side[path].package for side in (baseline, current) if path in side}
    elements = frozenset(names or {path, *filter(None, packages)})
    return Subject(path, elements, is_file=not names, is_gone=not reported.path)


def file_of(reported: Reported) -> str:
    """Give the path of the file that a finding is about; buf has no place in a file that is gone."""
    gone = FILE.search(reported.message)
    return gone["path"] if gone else reported.path


class Names:
    """The names of elements on one side, seen from a file."""

    def __init__(self, files: Files, path: str) -> None:
        """Take all files, with their places, and the path of the one that a finding is in."""
        self.files = files
        self.file = files.get(path)
        self.prefix = f"{self.file.package}." if self.file and self.file.package else ""

    @cached_property
    def holders(self) -> list[Holder]:
        """Everything in the file that has members."""
        return holders_in(self.file) if self.file else []

    def at(self, line: int) -> list[Holder]:
        """Give what takes a line, counted from 1."""
        return [one for one in self.holders if line in one.lines]

    def called(self, name: str, around: set[str]) -> list[Holder]:
        """Give what buf calls so: by its full name, or by its own one, then rather what lies in one of the `around`."""
        found = [one for one in self.holders if f".{one.full_name}".endswith(f".{name}")]
        near = [one for one in found if one.full_name in around]
        return near or found or self.elsewhere(name, around)

    def elsewhere(self, name: str, around: set[str]) -> list[Holder]:
        """Give what is called so in another file: it moved into this one, where `around` holds it now."""
        wanted = {one for one in around if f".{one}".endswith(f".{name}")}
        files = [one for one in self.files.values() if any(one.package in {"", *prefixes(full)} for full in wanted)]
        return [one for file in files for one in holders_in(file) if one.full_name in wanted]

    def subjects(self, reported: Reported, around: set[str]) -> Iterator[str]:
        """Give the full names of a finding's subject; a map's entry is what declares the map."""
        for name in self.named(reported, around):
            yield name
            yield from self.map_fields(name)

    def named(self, reported: Reported, around: set[str]) -> Iterator[str]:
        """Give the full names of what the message names."""
        message = reported.message
        if found := NUMBERED.search(message) or REQUIRED.search(message):
            for holder in self.called(found["owner"], around):
                yield from members(holder, int(found["number"]))
                yield from (f"{holder.full_name}.{one['name']}" for one in ONEOF.finditer(message))
            yield from self.extensions(found["owner"], int(found["number"]))
            if "." in (found["name"] or ""):
                yield found["name"]
        elif found := MEMBER.search(message):
            for one in self.called(found["owner"], around):
                yield f"{one.full_name}.{found['name']}"
                yield from oneof_members(one, found["name"])
        elif found := HOLDER.search(message) or SYMBOL.search(message):
            yield from (one.full_name for one in self.called(found["name"], around))
            yield f"{self.prefix}{found['name']}"
        elif message.startswith(OPTION):
            yield from (one.full_name for one in self.at(reported.line))

    def extensions(self, extendee: str, number: int) -> Iterator[str]:
        """Give the extensions of a message with a number."""
        if not self.file:
            return
        groups: list[tuple[str, Iterable[FieldDescriptorProto]]] = [(self.prefix, self.file.extension)]
        groups += [(f"{one.full_name}.", one.descriptor.extension) for one in messages_of(self.file)]
        for scope, group in groups:
            for one in group:
                if (one.extendee.lstrip("."), one.number) == (extendee, number):
                    yield f"{scope}{one.name}"

    def map_fields(self, name: str) -> Iterator[str]:
        """Give the map of which a message, or the message of a field, is the entry."""
        for message in messages_of(self.file) if self.file else ():
            for field in message.descriptor.field:
                entry = field.type_name[1:]
                if entry and f"{name}.".startswith(f"{entry}.") and entry.startswith(f"{message.full_name}."):
                    yield f"{message.full_name}.{field.name}"


def holders_in(file: FileDescriptorProto) -> list[Holder]:
    """Give everything in a file that has members."""
    spans = {tuple(one.path): one.span for one in file.source_code_info.location}
    found: list[tuple[str, object, tuple[int, ...]]] = [(*one,) for one in messages_of(file)]
    found += [(*one,) for one in enums_of(file)]
    found += [(*one,) for one in services_of(file)]
    return [Holder(name, descriptor, lines_of(spans.get(path))) for name, descriptor, path in found]


def prefixes(full_name: str) -> set[str]:
    """Give everything that a full name may lie in."""
    parts = full_name.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts))}


def members(holder: Holder, number: int) -> Iterator[str]:
    """Give the fields or values with a number; values also as protobuf scopes them, beside their enum."""
    descriptor = holder.descriptor
    for field in fields_of(descriptor):
        if field.number == number:
            yield f"{holder.full_name}.{field.name}"
    for value in values_of(descriptor):
        if value[1] == number:
            yield f"{holder.full_name}.{value[0]}"
            yield f"{holder.full_name.rpartition('.')[0]}.{value[0]}".lstrip(".")


def oneof_members(holder: Holder, name: str) -> Iterator[str]:
    """Give the fields of a oneof, none for the name of a method."""
    oneofs = [one.name for one in holder.descriptor.oneof_decl] if is_message(holder.descriptor) else []
    for field in fields_of(holder.descriptor):
        if field.HasField("oneof_index") and oneofs[field.oneof_index] == name:
            yield f"{holder.full_name}.{field.name}"


def fields_of(descriptor: object) -> Sequence[FieldDescriptorProto]:
    """Give the fields of a message, none of what is no message."""
    return descriptor.field if is_message(descriptor) else []


def values_of(descriptor: object) -> list[tuple[str, int]]:
    """Give name and number of an enum's values, none of what is no enum."""
    return [(one.name, one.number) for one in descriptor.value] if is_enum(descriptor) else []


def is_message(descriptor: object) -> TypeGuard[DescriptorProto]:
    """Tell whether something is a message."""
    return hasattr(descriptor, "field")


def is_enum(descriptor: object) -> TypeGuard[EnumDescriptorProto]:
    """Tell whether something is an enum."""
    return hasattr(descriptor, "value")


def lines_of(span: Sequence[int] | None) -> range:
    """Give the lines of a place, counted from 1; none for what has no place."""
    if not span:
        return range(0)
    return range(span[0] + 1, (span[2] if len(span) > SHORT_SPAN else span[0]) + 2)
