"""Descriptors with only what a plugin reads: less to parse, fewer reasons to run again, no comment that acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FieldOptions,
    FileDescriptorProto,
)

from protoctl.schema.disarm import disarm_deprecations, disarm_docstrings
from protoctl.schema.view import SERVICE, messages_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import SourceCodeInfo

    from protoctl.schema.view import Schema

INT64_TYPES = {
    FieldDescriptorProto.TYPE_INT64,
    FieldDescriptorProto.TYPE_UINT64,
    FieldDescriptorProto.TYPE_SINT64,
    FieldDescriptorProto.TYPE_FIXED64,
    FieldDescriptorProto.TYPE_SFIXED64,
}


class Comments(Enum):
    """Which comments a plugin prints."""

    NONE = "none"
    SERVICES = "services"
    ALL = "all"


@dataclass(frozen=True)
class Wants:
    """What a plugin is given of a file."""

    comments: Comments
    """Which comments it prints."""
    json_names: bool
    """Whether it has every field's JSON name, as protoc gives plugins, or only those that a proto sets.

    `_pb2.py` embeds what it is given: only the latter is as in a run from sources.
    """
    int64_as_string: bool = False
    """Whether 64-bit integers are to be strings in JavaScript."""
    custom_options: bool = True
    """Whether it prints options that protos declare. One that does not must not take them for its own."""


def trim_file(schema: Schema, path: str, wants: Wants) -> FileDescriptorProto:
    """Give a copy of a file with what is wanted and nothing else."""
    result = FileDescriptorProto()
    result.CopyFrom(schema.bare[path])
    if not wants.custom_options:
        result.DiscardUnknownFields()
    if wants.comments is not Comments.NONE:
        result.source_code_info.location.extend(kept_comments(schema, path, wants.comments))
    if wants.comments is Comments.SERVICES:
        disarm_docstrings(result)
    elif wants.comments is Comments.ALL:
        disarm_deprecations(result)
    if not wants.json_names:
        clear_json_names(result)
    if wants.int64_as_string:
        mark_int64(result)
    return result


def kept_comments(schema: Schema, path: str, comments: Comments) -> list[SourceCodeInfo.Location]:
    """Give the locations of a file whose comments are wanted."""
    if comments is Comments.NONE:
        return []
    return [one for one in schema.commented[path] if is_printed(one.path, comments)]


def is_printed(path: Iterable[int], comments: Comments) -> bool:
    """Tell whether a location's comments are wanted."""
    return comments is Comments.ALL or next(iter(path), 0) == SERVICE


def clear_json_names(file: FileDescriptorProto) -> None:
    """Clear the JSON names that follow from the names; a set written by protoc carries them all."""
    for field in fields_of(file):
        if field.json_name == default_json_name(field.name):
            field.ClearField("json_name")


def mark_int64(file: FileDescriptorProto) -> None:
    """Ask for strings wherever a proto does not say how JavaScript shall have 64-bit integers."""
    for field in fields_of(file):
        if field.type in INT64_TYPES and not field.options.HasField("jstype"):
            field.options.jstype = FieldOptions.JS_STRING


def fields_of(file: FileDescriptorProto) -> Iterator[FieldDescriptorProto]:
    """Give every field and extension of a file."""
    yield from file.extension
    for message in messages_of(file):
        descriptor: DescriptorProto = message.descriptor
        yield from descriptor.field
        yield from descriptor.extension


def default_json_name(name: str) -> str:
    """Give the lowerCamelCase name of a field as protoc derives it (protobuf.dev/programming-guides/json)."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def add_prefix(file: FileDescriptorProto, prefix: str, owned: Iterable[str]) -> FileDescriptorProto:
    """Give a copy whose own path, and every import of an owned path, stands below the prefix folder."""
    result = FileDescriptorProto()
    result.CopyFrom(file)
    mine = set(owned)
    if file.name in mine:
        result.name = f"{prefix}/{file.name}"
    result.dependency[:] = [f"{prefix}/{path}" if path in mine else path for path in file.dependency]
    return result
