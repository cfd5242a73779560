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
    from protoctl.versioning.elements import Service

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
        path = comparison.services_now.get(service.full_name)
        message = f"service {service.full_name} is " + (f"in {path} of another module now" if path else "deleted")
        yield DELETED.on_deleted(comparison, service, message, effects=effects_of(service, is_kept=bool(path)))
    for service in comparison.services.added:
        yield ADDED.on_added(comparison, service, f"service {service.full_name} is new")


def effects_of(service: Service, *, is_kept: bool) -> Effects:
    """Give whom it hurts that a service left its module: calls still arrive at one that another module has."""
    if is_kept:
        return DELETED.effects._replace(wire=SAFE)
    is_routed = any(has_routes(method) for method in service.descriptor.method)
    return DELETED.effects._replace(json=BREAK) if is_routed else DELETED.effects
