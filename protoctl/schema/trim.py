"""Descriptors with only what a plugin reads: less to parse, fewer reasons to run again, no comment that acts."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FieldOptions,
    FileDescriptorProto,
    SourceCodeInfo,
)

from protoctl.schema.view import SERVICE, messages_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def trim_file(file: FileDescriptorProto, comments: Comments, *, int64_as_string: bool = False) -> FileDescriptorProto:
    """Give a copy without the source info that is not printed and without default JSON names.

    A set written by protoc carries every `json_name`; `_pb2.py` would embed them, unlike a run from sources.
    """
    result = FileDescriptorProto()
    result.CopyFrom(file)
    result.ClearField("source_code_info")
    for location in file.source_code_info.location:
        if is_printed(location.path, comments) and has_comment(location):
            kept = result.source_code_info.location.add()
            kept.CopyFrom(location)
            if comments is Comments.SERVICES:
                disarm(kept)
    for field in fields_of(result):
        if field.json_name == default_json_name(field.name):
            field.ClearField("json_name")
        if int64_as_string and field.type in INT64_TYPES and not field.options.HasField("jstype"):
            field.options.jstype = FieldOptions.JS_STRING
    return result


def is_printed(path: Iterable[int], comments: Comments) -> bool:
    """Tell whether a location's comments are wanted."""
    if comments is Comments.SERVICES:
        return next(iter(path), 0) == SERVICE
    return comments is Comments.ALL


def has_comment(location: SourceCodeInfo.Location) -> bool:
    """Tell whether a location carries any comment; nine of ten do not."""
    return bool(location.leading_comments or location.trailing_comments or location.leading_detached_comments)


def disarm(location: SourceCodeInfo.Location) -> None:
    """Make comments harmless inside a Python docstring: the gRPC plugin prints them unescaped (grpc#43022)."""
    if location.leading_comments:
        location.leading_comments = escape(location.leading_comments)
    if location.trailing_comments:
        location.trailing_comments = escape(location.trailing_comments)
    location.leading_detached_comments[:] = [escape(text) for text in location.leading_detached_comments]


def escape(text: str) -> str:
    """Give text that cannot end a Python string in triple quotes, nor begin an escape."""
    return text.replace("\\", "\\\\").replace('"""', r"\"\"\"")


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
