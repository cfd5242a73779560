"""The answer of a plugin that runs without protoc, which then cannot check it (protobuf.dev, plugin.proto)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorResponse
from google.protobuf.message import DecodeError

from protoctl.errors import ToolError
from protoctl.schema.trim import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

RESPONSE = "response.binpb"
"""Where the driver puts what a plugin wrote to standard output."""


def read_response(name: str, outputs: Mapping[str, bytes], files: Iterable[FileDescriptorProto]) -> dict[str, bytes]:
    """Give path to content of what a plugin made of some files.

    Raises ToolError for an error that it reports, for files that it does not support and for an answer that is none.
    """
    try:
        response = CodeGeneratorResponse.FromString(outputs[RESPONSE])
        # text that is not UTF-8 is given as bytes, with which `str.encode` is a TypeError
        written = {str.encode(one.name).decode(): str.encode(one.content) for one in response.file}
    except (KeyError, DecodeError, UnicodeError, TypeError) as error:
        raise ToolError(f"{name} gave an answer that cannot be read", said=str(error)) from error
    if response.HasField("error"):
        raise ToolError(f"{name} failed", said=response.error)
    if len(written) != len(response.file):
        raise ToolError(f"{name} wrote a file twice")
    for one in response.file:
        if one.HasField("insertion_point"):
            raise ToolError(f"{name} wants to insert into a file of another plugin", where=ascii(one.name))
    for file in files:
        check_support(name, response, file)
    return written


def check_support(name: str, response: CodeGeneratorResponse, file: FileDescriptorProto) -> None:
    """Raise ToolError for a file with what the plugin does not claim to know, as protoc does."""
    if file.syntax == "editions":
        knows = response.supported_features & CodeGeneratorResponse.FEATURE_SUPPORTS_EDITIONS
        if not knows or not response.minimum_edition <= file.edition <= response.maximum_edition:
            raise ToolError(f"{name} does not support the edition that the proto is written in", where=file.name)
    knows = response.supported_features & CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    if not knows and any(field.proto3_optional for field in fields_of(file)):
        raise ToolError(f"{name} does not support optional fields in proto3", where=file.name)
