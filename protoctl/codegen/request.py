"""What a tool reads: protoc a set of descriptors and its options, a plugin the request that protoc would send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from protoctl.codegen.plugin import PROTOC
from protoctl.codegen.wire import field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from protoctl.codegen.plugin import Plugin

    Command = tuple[tuple[str, ...], dict[str, bytes]]

INPUT = "schema.binpb"
REQUEST = "request.binpb"
"""What the driver gives a plugin on standard input."""


def command(plugin: Plugin, names: Sequence[str], descriptors: Iterable[bytes]) -> Command:
    """Give arguments and inputs of the run that generates for some files."""
    if plugin.tool == PROTOC:
        arguments = [f"--descriptor_set_in={INPUT}", *plugin.arguments, *names]
        inputs = {INPUT: encode_set(descriptors), "arguments": "\n".join(arguments).encode()}
        return (PROTOC, "@arguments"), inputs
    return (plugin.tool,), {REQUEST: encode_request(plugin, names, descriptors)}


def encode_set(descriptors: Iterable[bytes]) -> bytes:
    """Give a FileDescriptorSet."""
    return b"".join(field(FileDescriptorSet.FILE_FIELD_NUMBER, one) for one in descriptors)


def encode_request(plugin: Plugin, names: Sequence[str], descriptors: Iterable[bytes]) -> bytes:
    """Give a CodeGeneratorRequest.

    It says nothing about the compiler's version, which no plugin here prints, nor about options that are only
    kept in sources, which protoc has removed from the schema.
    """
    parts = [field(CodeGeneratorRequest.FILE_TO_GENERATE_FIELD_NUMBER, name.encode()) for name in names]
    parts.append(field(CodeGeneratorRequest.PARAMETER_FIELD_NUMBER, ",".join(plugin.arguments).encode()))
    parts += [field(CodeGeneratorRequest.PROTO_FILE_FIELD_NUMBER, one) for one in descriptors]
    return b"".join(parts)
