"""Whether every method can be called, by blocking and by asyncio stubs, through a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protoctl.model.trial import Fault
from protoctl.schema.view import messages_of
from protoctl.verification.examples import Examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto, MethodDescriptorProto

    from protoctl.schema.view import Schema
    from protoctl.targets.python.gate.environment import Environment
    from protoctl.targets.python.gate.layout import Layout
    from protoctl.verification.parcel import Parcel

    Home = tuple[str, str]


def try_calls(environment: Environment, wheels: Sequence[Parcel], layout: Layout) -> dict[str, list[Fault]]:
    """Give module of the workspace to the calls that failed; modules without services are left out."""
    services = {wheel.module: list(describe_services(wheel, layout)) for wheel in wheels}
    services = {module: found for module, found in services.items() if found}
    owners = {one["grpc"]: module for module, found in services.items() for one in found}
    request = {"services": [one for found in services.values() for one in found]}
    faults: dict[str, list[Fault]] = {module: [] for module in services}
    for one in environment.run("call_all.py", request) if owners else ():
        method = f"{one['service']}.{one['method']}".rstrip(".")
        file = one["grpc"].replace(".", "/") + ".py"
        faults[owners[one["grpc"]]].append(Fault(f"{method} cannot be called: {one['cause']}", file))
    return faults


def describe_services(wheel: Parcel, layout: Layout) -> Iterator[dict[str, Any]]:
    """Give what the program has to know of each service of a wheel."""
    homes = find_homes(wheel.schema, layout)
    examples = Examples(wheel.schema)
    for file in wheel.schema.own_files():
        for service in file.service:
            yield {
                "grpc": layout.module(file.name, "_pb2_grpc"),
                "service": service.name,
                "methods": [describe_method(method, homes, examples) for method in service.method],
            }


def describe_method(method: MethodDescriptorProto, homes: Mapping[str, Home], examples: Examples) -> dict[str, Any]:
    """Give what the program has to know of a method."""
    return {
        "name": method.name,
        "request": [*homes[method.input_type], examples.encode(method.input_type).hex()],
        "response": [*homes[method.output_type], examples.encode(method.output_type).hex()],
        "client_streams": method.client_streaming,
        "server_streams": method.server_streaming,
    }


def find_homes(schema: Schema, layout: Layout) -> dict[str, Home]:
    """Give every message, by full name after a dot, to its Python module and the path of its class within."""
    return {
        f".{message.full_name}": (layout.module(file.name), below_package(message.full_name, file))
        for file in schema.files.values()
        for message in messages_of(file)
    }


def below_package(full_name: str, file: FileDescriptorProto) -> str:
    """Give a full name without its proto_package."""
    return full_name.removeprefix(f"{file.package}.") if file.package else full_name
