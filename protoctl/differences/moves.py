"""Messages, enums and services under another name or in another file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.exports import effect_on_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Matched, Pair

OF_CODE = Effects(wire=SAFE, json=SAFE, python=BREAK, node=BREAK)
OF_CALLS = Effects(wire=BREAK, json=SAFE, python=BREAK, node=BREAK)


@dataclass(frozen=True)
class Kind:
    """A kind of symbol with its two rules."""

    name: str
    """Like `message`."""
    renamed: Rule
    """Another name in the same file, or another message around it."""
    moved: Rule
    """Another file, perhaps of another proto_package."""


MESSAGE = Kind(
    "message",
    Rule("message-renamed", "A message has another name: code that uses the old one fails", Change.MAJOR, OF_CODE),
    Rule("message-moved", "A message is in another file: imports of its code fail", Change.MAJOR, OF_CODE),
)
ENUM = Kind(
    "enum",
    Rule("enum-renamed", "An enum has another name: code that uses the old one fails", Change.MAJOR, OF_CODE),
    Rule("enum-moved", "An enum is in another file: imports of its code fail", Change.MAJOR, OF_CODE),
)
SERVICE = Kind(
    "service",
    Rule("service-renamed", "A service has another name: calls of old clients fail", Change.MAJOR, OF_CALLS),
    Rule("service-moved", "A service is in another file: imports of its code fail", Change.MAJOR, OF_CODE),
)
RULES = tuple(rule for kind in (MESSAGE, ENUM, SERVICE) for rule in (kind.renamed, kind.moved))


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give symbols that are certainly the same as before, under another name or in another file."""
    for kind, matched in pairs_by_kind(comparison):
        for pair in matched.both:
            if pair.baseline.name == pair.current.name and is_taken_along(comparison, pair):
                continue
            if comparison.is_at_home(pair):
                yield from renamed(comparison, kind, pair)
            else:
                yield from moved(comparison, kind, pair)


def pairs_by_kind(comparison: Comparison) -> tuple[tuple[Kind, Matched[Any]], ...]:
    """Give what was matched of each kind."""
    return (MESSAGE, comparison.messages), (ENUM, comparison.enums), (SERVICE, comparison.services)


def is_taken_along(comparison: Comparison, pair: Pair[Any]) -> bool:
    """Tell whether a symbol is where it was within its file or message, whatever became of that."""
    return comparison.counterparts.get(pair.baseline.scope) is pair.current.scope


def renamed(comparison: Comparison, kind: Kind, pair: Pair[Any]) -> Iterator[Difference]:
    """Give the finding about a symbol with another name in the same file."""
    message = f"{kind.name} {pair.baseline.full_name} is renamed to {pair.current.full_name}"
    yield kind.renamed.on_pair(comparison, pair, message, effects=effects_of(comparison, kind, kind.renamed.effects))


def moved(comparison: Comparison, kind: Kind, pair: Pair[Any]) -> Iterator[Difference]:
    """Give the finding about a symbol in another file; that its own file is gone is told there."""
    before, now = pair.baseline, pair.current
    is_same_name = before.full_name == now.full_name
    if is_same_name and before.home in comparison.files.deleted:
        return
    effects = kind.moved.effects
    if not is_same_name:
        effects = effects_of(comparison, kind, kind.renamed.effects)
    remedy = ""
    if kind is not SERVICE and before.name == now.name:
        effects = effects._replace(python=effect_on_python(comparison, pair))
        remedy = f"import {now.file.name} publicly in {before.file.name}, which helps Python" if effects.python else ""
    as_what = "" if is_same_name else f" as {now.full_name}"
    message = f"{kind.name} {before.full_name} moves from {before.file.name} to {now.file.name}{as_what}"
    yield kind.moved.on_pair(comparison, pair, message, effects=effects, remedy=remedy)


def effects_of(comparison: Comparison, kind: Kind, effects: Effects) -> Effects:
    """Give what another full name does: what is packed into an Any is found by it."""
    if kind is MESSAGE and comparison.has_any:
        return effects._replace(wire=CONDITIONAL, json=CONDITIONAL)
    return effects
