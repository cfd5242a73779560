"""Inspect: what is inside a finished package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from protoctl.errors import ArtifactError
from protoctl.packaging.embedded import PackagePin, read_embedded
from protoctl.schema.view import Schema, messages_of, read_files, services_of

if TYPE_CHECKING:
    from pathlib import Path

    from google.protobuf.descriptor_pb2 import MethodDescriptorProto


@dataclass(frozen=True)
class Method:
    """One method of a service."""

    name: str
    request: str
    """Full name of the message, after `stream ` when the client streams."""
    response: str
    """Full name of the message, after `stream ` when the server streams."""


@dataclass(frozen=True)
class ServiceSummary:
    """One service."""

    name: str
    """Full name."""
    methods: tuple[Method, ...]
    """In file order."""


@dataclass(frozen=True)
class Result:
    """What a package holds."""

    kind: str
    """`wheel`, `sdist` or `npm`."""
    distribution: str
    version: str
    module: str
    schema: str
    """Digest of the compiled schema."""
    toolchain: str
    """Digest of the toolchain that made it."""
    generator: str
    """The protoctl that made it."""
    pins: tuple[PackagePin, ...]
    protos: tuple[str, ...]
    """The module's own, sorted."""
    services: tuple[ServiceSummary, ...]
    messages: tuple[str, ...]
    """Full names in file order, without map entries."""
    requires: tuple[str, ...]
    files: tuple[str, ...]
    """Everything in the package, sorted."""


def inspect(path: Path) -> Result:
    """Give what a package holds; raises ArtifactError for a file that protoctl did not make or that is damaged."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"cannot be read: {error.strerror}", where=str(path)) from error
    found = read_embedded(path.name, data)
    record = found.record
    try:
        schema = Schema(read_files(found.descriptors), dict.fromkeys(record.files, record.module))
    except DecodeError as error:
        raise ArtifactError("carries a schema that is no FileDescriptorSet", where=path.name) from error
    return Result(
        kind=found.kind,
        distribution=found.distribution,
        version=found.version,
        module=record.module,
        schema=record.schema,
        toolchain=record.toolchain,
        generator=record.generator,
        pins=record.pins,
        protos=record.files,
        services=summarise_services(schema),
        messages=tuple(
            one.full_name
            for file in schema.own_files()
            for one in messages_of(file)
            if not one.descriptor.options.map_entry
        ),
        requires=found.requires,
        files=found.files,
    )


def summarise_services(schema: Schema) -> tuple[ServiceSummary, ...]:
    """Give the services of the module's own files."""
    return tuple(
        ServiceSummary(service.full_name, tuple(map(summarise_method, service.descriptor.method)))
        for file in schema.own_files()
        for service in services_of(file)
    )


def summarise_method(method: MethodDescriptorProto) -> Method:
    """Give a method with the full names of its messages."""
    request = ("stream " if method.client_streaming else "") + method.input_type.lstrip(".")
    response = ("stream " if method.server_streaming else "") + method.output_type.lstrip(".")
    return Method(method.name, request, response)
