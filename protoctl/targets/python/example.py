"""The example in a package's readme: chosen from the schema, true for this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protoctl.targets.python.naming import import_line, module_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor_pb2 import MethodDescriptorProto

    from protoctl.schema.view import Schema


class CallExample(NamedTuple):
    """A call of a service."""

    imports: list[str]
    """Statements, sorted."""
    stub: str
    """Expression of the stub class."""
    method: str
    """Name of the method."""
    request: str
    """Expression of the request."""
    streams_request: bool
    """Whether the method takes many requests."""
    streams_response: bool
    """Whether the method gives many responses."""


class MessageExample(NamedTuple):
    """A message that goes to bytes and back."""

    imports: list[str]
    """Statements, sorted."""
    message: str
    """Expression of the message class."""


def find_example(schema: Schema, files: Iterable[str], prefix: str) -> CallExample | MessageExample | None:
    """Give a call of the first service, a unary one if there is any, else the first message."""
    calls = [
        (method.client_streaming, method.server_streaming, path, service.name, method)
        for path in files
        for service in schema.files[path].service
        for method in service.method
    ]
    if calls:
        *_, path, service, method = min(calls, key=lambda call: call[:2])
        return call_example(schema, path, service, method, prefix)
    for path in files:
        if schema.files[path].message_type:
            name = schema.files[path].message_type[0].name
            return MessageExample([import_line(below(prefix, path))], f"{module_name(path)}.{name}")
    return None


def call_example(schema: Schema, path: str, service: str, method: MethodDescriptorProto, prefix: str) -> CallExample:
    """Give the example for one method."""
    owner, expression = locate_message(schema, method.input_type.lstrip("."))
    if owner in schema.owners:
        owner = below(prefix, owner)
    imports = sorted({import_line(owner), import_line(below(prefix, path), "_pb2_grpc")})
    return CallExample(
        imports,
        f"{module_name(path, '_pb2_grpc')}.{service}Stub",
        method.name,
        f"{expression}()",
        method.client_streaming,
        method.server_streaming,
    )


def locate_message(schema: Schema, full_name: str) -> tuple[str, str]:
    """Give the file of a message and the expression for its class."""
    path = schema.homes[full_name]
    package = schema.files[path].package
    inner = full_name.removeprefix(f"{package}." if package else "")
    return path, f"{module_name(path)}.{inner}"


def below(prefix: str, path: str) -> str:
    """Give a path with the import prefix."""
    return f"{prefix}/{path}" if prefix else path
