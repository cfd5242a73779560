"""A call of every method of every service, through a server and a client in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protoctl.schema.node_names import exported_names
from protoctl.schema.view import services_of
from protoctl.targets.node.gate.load import Faults, faults_of
from protoctl.targets.node.gate.program import run_program
from protoctl.targets.node.naming import code_stem, method_name, property_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from google.protobuf.descriptor_pb2 import MethodDescriptorProto

    from protoctl.schema.view import Service
    from protoctl.targets.node.gate.environment import Layout
    from protoctl.targets.node.gate.package import Package

TIMEOUT = 180
"""Seconds for all calls on one Node."""


def has_services(layout: Layout) -> bool:
    """Tell whether there is anything to call."""
    return any(True for package in layout.setup.tried for _ in services_in(package))


def call(layout: Layout, node: Path) -> Faults:
    """Give what is wrong with the services of a setup, on one Node."""
    services = [service for package in layout.setup.tried for service in services_in(package)]
    if not services:
        return {}
    answer = run_program(node, "call.mjs", {"services": services}, home=layout.folder, timeout=TIMEOUT)
    return faults_of(answer, layout)


def services_in(package: Package) -> Iterator[dict[str, Any]]:
    """Give what the program needs to know of each service of a package."""
    if not package.parcel:
        return
    for path in package.parcel.embedded.record.files:
        file = package.parcel.schema.files[path]
        names = exported_names(file) if file.service else {}
        for service in services_of(file):
            yield {
                "module": package.module,
                "source": f"{package.name}/{code_stem(path, 'grpc')}.js",
                "messages": f"{package.name}/{code_stem(path)}.js",
                "service": service.descriptor.name,
                "descriptor": names[service.full_name].schema,
                "methods": [method_of(service, method) for method in service.descriptor.method],
            }


def method_of(service: Service, method: MethodDescriptorProto) -> dict[str, Any]:
    """Give what the program needs to know of a method."""
    return {
        "name": method_name(method.name),
        "path": f"/{service.full_name}/{method.name}",
        "property": property_name(method.name),
        "input": method.input_type.removeprefix("."),
        "output": method.output_type.removeprefix("."),
        "streamsRequest": method.client_streaming,
        "streamsResponse": method.server_streaming,
    }
