"""Names in one scope differ by more than case, for readers and for constants such as `FOO_FIELD_NUMBER`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.elements import elements_of
from protoctl.checks.node_names import property_name
from protoctl.checks.rule import Rule
from protoctl.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

CASE = Rule("name-case", "No two names of one scope differ only by case", Severity.WARNING)
RULES = (CASE,)
FAMILIES = {"enum": "type", "message": "type", "service": "type", "oneof": "field"}
"""Kinds that are written in the same style; a field `state` of the enum `State` is as it should be."""


def find(context: Context) -> Iterator[Finding]:
    """Report types and services within a proto_package, and members within a message or service."""
    first: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    for path in sorted(context.schema.owners):
        file = context.schema.files.get(path)
        for element in elements_of(file) if file else ():
            here = (element.name, property_name(element), path)
            family = FAMILIES.get(element.kind, element.kind)
            other = first.setdefault((element.scope, family, element.name.casefold()), here)
            if other[0] != element.name and not (here[1] and here[1] == other[1]):
                where = "" if other[2] == path else f" in {other[2]}"
                message = f"{element.kind} {element.name} differs from {other[0]}{where} only by case"
                yield CASE.at(context, path, element.path, message)
