"""The order in which things are declared, where nothing depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from protoctl.differences.rule import Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change
from protoctl.versioning.elements import oneofs_in
from protoctl.versioning.enum_values import names_by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Element, Message
    from protoctl.versioning.matching import Pair

CHANGED = Rule("order-changed", "Declarations stand in another order, which nothing depends on", Change.PATCH)
RULES = (CHANGED,)
Declared = Callable[["Element[Any]"], Iterable[str]]


def names(*lists: str) -> Declared:
    """Give what lists the names in the first of some lists that a descriptor has, without those of map entries."""

    def give(element: Element[Any]) -> list[str]:
        found = next(getattr(element.descriptor, name) for name in lists if hasattr(element.descriptor, name))
        return [one.name for one in found if not getattr(one.options, "map_entry", False)]

    return give


def oneof_names(message: Message) -> list[str]:
    """Give the oneofs of a message that somebody wrote."""
    return [one.name for one in oneofs_in(message)] if message.descriptor.oneof_decl else []


COMMON = (
    (names("message_type", "nested_type"), "messages"),
    (names("enum_type"), "enums"),
    (names("extension"), "extensions"),
)
WITHIN = {
    "files": ((lambda file: file.descriptor.dependency, "imports"), *COMMON, (names("service"), "services")),
    "messages": (*COMMON, (oneof_names, "oneofs")),
    "services": ((names("method"), "methods"),),
}
"""Where things are declared to those that are, each with a word for them."""


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give what declares the same things in another order, once each; fields have a rule of their own."""
    for where, declared in WITHIN.items():
        for pair in getattr(comparison, where).both:
            words = [word for give, word in declared if is_reordered(pair, give)]
            if words:
                message = f"{where[:-1]} {pair.current.full_name} has its {listing(words)} in another order"
                yield CHANGED.on_pair(comparison, pair, message)
    for enum in comparison.enums.both:
        if is_reordered(enum, names("value")) and is_harmless(enum):
            message = f"enum {enum.current.full_name} has its values in another order"
            yield CHANGED.on_pair(comparison, enum, message)


def is_reordered(pair: Pair[Any], give: Declared) -> bool:
    """Tell whether what both sides declare stands in another order."""
    before, now = list(give(pair.baseline)), list(give(pair.current))
    if before == now:
        return False
    shared = set(before) & set(now)
    return [name for name in before if name in shared] != [name for name in now if name in shared]


def is_harmless(pair: Pair[EnumDescriptorProto]) -> bool:
    """Tell whether every number is printed as before and the same one comes first."""
    before, now = (names_by_number(side.descriptor) for side in (pair.baseline, pair.current))
    is_printed_alike = all(names[0] == now[number][0] for number, names in before.items() if number in now)
    return is_printed_alike and next(iter(before)) == next(iter(now))
