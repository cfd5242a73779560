"""A compiled schema, read-only: descriptors by path, who owns each file, places and comments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
    SourceCodeInfo,
)

from protoctl.kit.dag import closure, order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Path = tuple[int, ...]
"""A location path as descriptor.proto defines it: field numbers and indexes, alternating."""

MESSAGE_TYPE = FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER
ENUM_TYPE = FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER
SERVICE = FileDescriptorProto.SERVICE_FIELD_NUMBER
PACKAGE = FileDescriptorProto.PACKAGE_FIELD_NUMBER
DEPENDENCY = FileDescriptorProto.DEPENDENCY_FIELD_NUMBER
NESTED_TYPE = DescriptorProto.NESTED_TYPE_FIELD_NUMBER
NESTED_ENUM = DescriptorProto.ENUM_TYPE_FIELD_NUMBER


class Place(NamedTuple):
    """A position in a proto."""

    line: int
    """From 1."""
    column: int
    """From 1."""


class Message(NamedTuple):
    """A message and where it stands."""

    full_name: str
    descriptor: DescriptorProto
    path: Path


class Enum(NamedTuple):
    """An enum and where it stands."""

    full_name: str
    descriptor: EnumDescriptorProto
    path: Path


class Service(NamedTuple):
    """A service and where it stands."""

    full_name: str
    descriptor: ServiceDescriptorProto
    path: Path


@dataclass(frozen=True)
class Schema:
    """The compiled files of a workspace with everything that they import."""

    files: Mapping[str, FileDescriptorProto]
    """By path, every file after its imports."""
    owners: Mapping[str, str]
    """Path to module for the files of the workspace; files of others are missing here."""

    @cached_property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Path to the paths that the file imports."""
        return {path: tuple(file.dependency) for path, file in self.files.items()}

    @cached_property
    def located(self) -> dict[tuple[str, bool], dict[Path, SourceCodeInfo.Location]]:
        """What `locations` has found so far."""
        return {}

    @cached_property
    def bare(self) -> dict[str, FileDescriptorProto]:
        """Path to a copy of the file without places and comments, which are most of its weight."""
        return {path: without_source_info(file) for path, file in self.files.items()}

    @cached_property
    def commented(self) -> dict[str, list[SourceCodeInfo.Location]]:
        """Path of a file to its locations that carry any comment, in order; nine of ten do not."""
        return {path: commented_locations(file) for path, file in self.files.items()}

    @cached_property
    def remarks(self) -> dict[str, dict[Path, SourceCodeInfo.Location]]:
        """Path of a file of the workspace to its commented locations by path; one that occurs twice keeps the first."""
        return {
            path: {tuple(one.path): one for one in reversed(self.commented[path])}
            for path in self.owners
            if path in self.files
        }

    @cached_property
    def types(self) -> dict[str, DescriptorProto | EnumDescriptorProto]:
        """Full name to every message and enum, those of imports included."""
        files = self.files.values()
        messages: dict[str, DescriptorProto | EnumDescriptorProto]
        messages = {one.full_name: one.descriptor for file in files for one in messages_of(file)}
        return messages | {one.full_name: one.descriptor for file in files for one in enums_of(file)}

    @cached_property
    def homes(self) -> dict[str, str]:
        """Full name of every message to the path of its file, those of imports included."""
        return {one.full_name: path for path, file in self.files.items() for one in messages_of(file)}

    def own_files(self) -> Iterator[FileDescriptorProto]:
        """Give the files of the workspace, each after its imports."""
        return (file for path, file in self.files.items() if path in self.owners)

    def module_files(self, module: str) -> list[str]:
        """Give the paths of a module, sorted."""
        return sorted(path for path, owner in self.owners.items() if owner == module and path in self.files)

    def closure(self, paths: Iterable[str]) -> list[str]:
        """Give the paths and all that they import, each after its imports; files outside change nothing."""
        return order({path: self.needs[path] for path in closure(paths, self.needs)})

    def place(self, path: str, location: Path) -> Place:
        """Give where an element starts, or the nearest element around it, or line 1."""
        found = self.locations(path, whole=False).get(location)
        if found is None:
            table = self.locations(path, whole=True)
            while location and location not in table:
                location = location[:-1]
            found = table.get(location)
        return Place(found.span[0] + 1, found.span[1] + 1) if location and found else Place(1, 1)

    def locations(self, path: str, *, whole: bool) -> dict[Path, SourceCodeInfo.Location]:
        """Give the locations of a file by path, those of elements or the whole of them; they are looked for once."""
        key = path, whole
        if key not in self.located:
            self.located[key] = locations_of(self.files[path], whole=whole) if path in self.files else {}
        return self.located[key]

    def comment(self, path: str, location: Path) -> str:
        """Give the leading comment of an element, else its trailing one, without markers and outer space."""
        found = self.remarks.get(path, {}).get(location)
        text = (found.leading_comments or found.trailing_comments) if found else ""
        return "\n".join(line.strip() for line in text.strip().splitlines())


def read_schema(data: bytes, owners: Mapping[str, str]) -> Schema:
    """Give the schema for a serialised FileDescriptorSet."""
    return Schema(read_files(data), owners)


def read_files(data: bytes) -> dict[str, FileDescriptorProto]:
    """Give path → file for a serialised FileDescriptorSet in topological order."""
    return {file.name: file for file in FileDescriptorSet.FromString(data).file}


def locations_of(file: FileDescriptorProto, *, whole: bool) -> dict[Path, SourceCodeInfo.Location]:
    """Give the locations of a file by path: those of elements, or the `whole`, most of which are parts of elements.

    A path that occurs twice keeps the first.
    """
    located = [(one.path, one) for one in reversed(file.source_code_info.location)]
    return {tuple(path): one for path, one in located if whole or not len(path) % 2}


def without_source_info(file: FileDescriptorProto) -> FileDescriptorProto:
    """Give a copy without places and comments."""
    result = FileDescriptorProto()
    result.CopyFrom(file)
    result.ClearField("source_code_info")
    return result


def commented_locations(file: FileDescriptorProto) -> list[SourceCodeInfo.Location]:
    """Give the locations that carry any comment."""
    return [
        one
        for one in file.source_code_info.location
        if one.leading_comments or one.trailing_comments or one.leading_detached_comments
    ]


def messages_of(file: FileDescriptorProto) -> Iterator[Message]:
    """Give every message of a file, nested ones after the message around them; map entries included."""
    prefix = f"{file.package}." if file.package else ""
    for at, one in enumerate(file.message_type):
        yield from nested_messages(Message(prefix + one.name, one, (MESSAGE_TYPE, at)))


def nested_messages(message: Message) -> Iterator[Message]:
    """Give a message and all within it; compilers allow 32 levels."""
    yield message
    for at, one in enumerate(message.descriptor.nested_type):
        yield from nested_messages(Message(f"{message.full_name}.{one.name}", one, (*message.path, NESTED_TYPE, at)))


def enums_of(file: FileDescriptorProto) -> Iterator[Enum]:
    """Give every enum of a file, those at the top first."""
    prefix = f"{file.package}." if file.package else ""
    for at, one in enumerate(file.enum_type):
        yield Enum(prefix + one.name, one, (ENUM_TYPE, at))
    for message in messages_of(file):
        for at, one in enumerate(message.descriptor.enum_type):
            yield Enum(f"{message.full_name}.{one.name}", one, (*message.path, NESTED_ENUM, at))


def services_of(file: FileDescriptorProto) -> Iterator[Service]:
    """Give every service of a file in file order."""
    prefix = f"{file.package}." if file.package else ""
    for at, one in enumerate(file.service):
        yield Service(prefix + one.name, one, (SERVICE, at))


def edition_of(file: FileDescriptorProto) -> int:
    """Give the year of a file's edition, 0 when it is written in a syntax."""
    return int(Edition.Name(file.edition).removeprefix("EDITION_")) if file.syntax == "editions" else 0
