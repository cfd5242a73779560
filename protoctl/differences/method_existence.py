"""Methods that are gone, new or renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.routes import has_routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

DELETED = Rule(
    "method-deleted",
    "A method is gone: it answers UNIMPLEMENTED to clients that are still there",
    Change.MAJOR,
    Effects(wire=BREAK, json=SAFE, python=BREAK, node=BREAK),
)
RENAMED = Rule(
    "method-renamed",
    "A method has another name: the old one answers UNIMPLEMENTED to clients that are still there",
    Change.MAJOR,
    Effects(wire=BREAK, json=SAFE, python=BREAK, node=BREAK),
)
ADDED = Rule("method-added", "A method is new", Change.MINOR)
RULES = (DELETED, RENAMED, ADDED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give methods that only one side has under their name."""
    for method in comparison.methods.deleted:
        effects = DELETED.effects._replace(json=BREAK) if has_routes(method.descriptor) else DELETED.effects
        message = f"method {method.full_name} is deleted"
        remedy = "mark it deprecated first, and delete it with the next major version"
        yield DELETED.on_deleted(comparison, method, message, effects=effects, remedy=remedy)
    for pair in comparison.methods.renamed:
        before, now = pair.baseline.name, pair.current.name
        message = f"method {before} of service {pair.current.scope.full_name} is renamed to {now}"
        is_same_in_node = before[:1].lower() + before[1:] == now[:1].lower() + now[1:]
        effects = RENAMED.effects._replace(node=SAFE) if is_same_in_node else RENAMED.effects
        remedy = f"keep {before} and add {now} beside it"
        yield RENAMED.on_pair(comparison, pair, message, effects=effects, remedy=remedy)
    for method in comparison.methods.added:
        yield ADDED.on_added(comparison, method, f"method {method.full_name} is new")
