"""Messages that are gone or new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

DELETED = Rule(
    "message-deleted",
    "A message is gone: code that names it fails, and so does what unpacks it from an Any",
    Change.MAJOR,
    Effects(wire=SAFE, json=SAFE, python=BREAK, node=BREAK),
)
ADDED = Rule("message-added", "A message is new", Change.MINOR)
RULES = (DELETED, ADDED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give messages that only one side has."""
    lost = CONDITIONAL if comparison.has_any else SAFE
    effects = DELETED.effects._replace(wire=lost, json=lost)
    for message in comparison.messages.deleted:
        yield DELETED.on_deleted(comparison, message, f"message {message.full_name} is deleted", effects=effects)
    for message in comparison.messages.added:
        yield ADDED.on_added(comparison, message, f"message {message.full_name} is new")
