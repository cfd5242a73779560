"""Services that are gone or new."""

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
    "service-deleted",
    "A service is gone: its methods answer UNIMPLEMENTED to clients that are still there",
    Change.MAJOR,
    Effects(wire=BREAK, json=SAFE, python=BREAK, node=BREAK),
)
ADDED = Rule("service-added", "A service is new", Change.MINOR)
RULES = (DELETED, ADDED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give services that only one side has; routes that go with one are a break of JSON."""
    for service in comparison.services.deleted:
        is_routed = any(has_routes(method) for method in service.descriptor.method)
        effects = DELETED.effects._replace(json=BREAK) if is_routed else DELETED.effects
        message = f"service {service.full_name} is deleted"
        yield DELETED.on_deleted(comparison, service, message, effects=effects)
    for service in comparison.services.added:
        yield ADDED.on_added(comparison, service, f"service {service.full_name} is new")
