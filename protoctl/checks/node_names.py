"""Names that Node cannot use, as measured with protoc-gen-es and tsc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.elements import elements_of
from protoctl.checks.rule import Rule
from protoctl.schema.trim import default_json_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.elements import Element
    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

BROKEN = Rule("node-name", "No name keeps the generated JavaScript or its types from being loaded")
CLASH = Rule("node-clash", "No two members become one property in JavaScript")
RULES = (BROKEN, CLASH)
STRICT = frozenset({"arguments", "await", "eval"})
"""Names that no binding of an ECMAScript module can have and protoc-gen-es does not escape."""
TYPES = frozenset({"any", "never", "symbol", "undefined", "unknown"})
"""Names that no TypeScript type can have and protoc-gen-es does not escape."""


def find(context: Context) -> Iterator[Finding]:
    """Report names that break a file, and members of one message or service with the same name in JavaScript."""
    for file in context.schema.own_files():
        first: dict[tuple[str, str], str] = {}
        for element in elements_of(file):
            reason = explain(element)
            if reason:
                yield BROKEN.at(context, file.name, element.path, f"{element.kind} {element.name} {reason}")
            name = property_name(element)
            other = first.setdefault((element.scope, name), element.name) if name else element.name
            if other != element.name:
                message = f"{element.kind} {element.name} and {other} would both be the property {name} in JavaScript"
                yield CLASH.at(context, file.name, element.path, message)


def explain(element: Element) -> str:
    """Say what breaks, or nothing."""
    if element.kind in {"enum", "service"} and element.is_top and element.name in STRICT:
        return "is a word that JavaScript does not allow as a name"
    if element.kind in {"message", "enum"} and element.is_top and element.name in TYPES:
        return "is a word that TypeScript does not allow as a type"
    if element.kind in {"field", "oneof"} and not property_name(element):
        return "would have no name in JavaScript"
    return ""


def property_name(element: Element) -> str:
    """Give the property that protoc-gen-es makes of a field, oneof or rpc; nothing for the rest."""
    if element.kind in {"field", "oneof"}:
        return default_json_name(element.name)
    if element.kind == "rpc":
        return element.name[:1].lower() + element.name[1:]
    return ""
