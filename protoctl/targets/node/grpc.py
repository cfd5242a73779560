"""Clients and servers for grpc-js: what their templates show of a proto's services."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from protoctl.errors import ArtifactError
from protoctl.kit.templates import render
from protoctl.schema.view import services_of
from protoctl.targets.node.naming import code_stem, method_name, property_name

if TYPE_CHECKING:
    from protoctl.schema.view import Schema, Service
    from protoctl.targets.node.generated import Generated

TEMPLATES = Path(__file__).parent / "templates"
METHOD = 2
"""Field number of `method` in ServiceDescriptorProto."""
SERVICE = re.compile(
    r"^export const ([\w$]+) = /\*@__PURE__\*/\n  serviceDesc(?:\$\d+)?\([\w$]+, (\d+)\);", re.MULTILINE
)


class MethodView(NamedTuple):
    """One rpc."""

    name: str
    """In clients and servers."""
    descriptor: str
    """In the descriptor that protoc-gen-es writes."""
    path: str
    """The HTTP path, as gRPC makes it."""
    input: str
    """The type of the request's descriptor."""
    output: str
    """The type of the response's descriptor."""
    streams_request: bool
    streams_response: bool
    comment: list[str]
    """Lines, harmless inside `/** */`."""


class ServiceView(NamedTuple):
    """One service."""

    name: str
    """What the names of client, server and definition begin with."""
    descriptor: str
    """The export of the descriptor that protoc-gen-es writes."""
    full_name: str
    comment: list[str]
    methods: list[MethodView]


class GrpcView(NamedTuple):
    """Everything that the templates may use."""

    proto: str
    messages: str
    """What to import the descriptors from."""
    services: list[ServiceView]


def grpc_files(view: GrpcView) -> dict[str, str]:
    """Give the files below the package for a proto's services."""
    stem = code_stem(view.proto, "grpc")
    types = render(TEMPLATES, "_grpc.d.ts", view)
    return {
        f"esm/{stem}.js": render(TEMPLATES, "esm/_grpc.js", view),
        f"esm/{stem}.d.ts": types,
        f"cjs/{stem}.js": render(TEMPLATES, "cjs/_grpc.js", view),
        f"cjs/{stem}.d.ts": types,
    }


def grpc_exports(view: GrpcView) -> tuple[str, ...]:
    """Give the names that a proto's gRPC code exports; no two services of a file can give the same."""
    return tuple(f"{service.name}{suffix}" for service in view.services for suffix in ("Client", "Server", "Service"))


def grpc_view(schema: Schema, proto: str, generated: Generated) -> GrpcView:
    """Give the view of one proto; raises ArtifactError when protoc-gen-es wrote no descriptor of a service."""
    exported = {int(found[2]): found[1] for found in SERVICE.finditer(generated.body)}
    services = [
        service_view(schema, proto, service, exported.get(at, ""))
        for at, service in enumerate(services_of(schema.files[proto]))
    ]
    return GrpcView(proto, f"./{code_stem(proto).rpartition('/')[2]}.js", services)


def service_view(schema: Schema, proto: str, service: Service, descriptor: str) -> ServiceView:
    """Give the view of one service."""
    if not descriptor:
        raise ArtifactError(f"protoc-gen-es wrote no descriptor of {service.full_name}", where=proto)
    methods = [method_view(schema, proto, service, at) for at in range(len(service.descriptor.method))]
    comment = schema.comment(proto, service.path) or f"A client of `{service.full_name}`."
    lines = comment_lines(comment, is_deprecated=service.descriptor.options.deprecated)
    return ServiceView(service.descriptor.name, descriptor, service.full_name, lines, methods)


def method_view(schema: Schema, proto: str, service: Service, at: int) -> MethodView:
    """Give the view of one method by its place in the service."""
    method = service.descriptor.method[at]
    types = f'{service.descriptor.name}Method["{property_name(method.name)}"]'
    comment = schema.comment(proto, (*service.path, METHOD, at))
    return MethodView(
        method_name(method.name),
        property_name(method.name),
        f"/{service.full_name}/{method.name}",
        f'{types}["input"]',
        f'{types}["output"]',
        method.client_streaming,
        method.server_streaming,
        comment_lines(comment, is_deprecated=method.options.deprecated),
    )


def comment_lines(text: str, *, is_deprecated: bool) -> list[str]:
    """Give a comment's lines for `/** */`, which no line of it can end."""
    lines = text.replace("*/", "*\\/").split("\n") if text else []
    return [*lines, "@deprecated"] if is_deprecated else lines
