"""The classes that are made for services do not replace each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import NAME, Rule
from protoctl.schema.view import services_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

CLASH = Rule("service-clash", "No two services of a file give the same Python class")
RULES = (CLASH,)
SUFFIXES = ("", "Stub", "AsyncStub", "Servicer")
"""Classes of a service in `_pb2_grpc.py` and its types."""


def find(context: Context) -> Iterator[Finding]:
    """Report services such as `UserStub` beside `User`."""
    for file in context.schema.own_files():
        made: dict[str, str] = {}
        for service in services_of(file):
            name = service.descriptor.name
            clashes = [name + suffix for suffix in SUFFIXES if made.setdefault(name + suffix, name) != name]
            if clashes:
                message = f"service {name} and service {made[clashes[0]]} both give the Python class {clashes[0]}"
                yield CLASH.at(context, file.name, (*service.path, NAME), message)
