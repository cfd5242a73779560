"""The HTTP routes of methods: whoever calls them with JSON knows verb, path and body."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import MethodDescriptorProto

from protoctl.differences.rule import BREAK, CONDITIONAL, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.routes import HTTP, routes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.routes import Route

AT = (MethodDescriptorProto.OPTIONS_FIELD_NUMBER, HTTP)
BROKEN = Effects(json=BREAK)
DELETED = Rule("http-route-deleted", "A route of a method is gone: requests to it fail", Change.MAJOR, BROKEN)
CHANGED = Rule(
    "http-route-changed", "The only route of a method is another: requests to the old one fail", Change.MAJOR, BROKEN
)
BODY = Rule(
    "http-route-body-changed",
    "What a route expects as the body of a request, or gives as that of an answer, is something else",
    Change.MAJOR,
    BROKEN,
)
REBOUND = Rule(
    "http-route-variable-changed",
    "A part of a route's path is stored in another field; requests look as before",
    Change.MINOR,
    Effects(json=CONDITIONAL),
)
WIDENED = Rule("http-route-widened", "A route takes more paths than before", Change.MINOR)
ADDED = Rule("http-route-added", "A method has a further route", Change.MINOR)
REORDERED = Rule("http-route-order", "The same routes of a method stand in another order", Change.PATCH)
RULES = (DELETED, CHANGED, BODY, REBOUND, WIDENED, ADDED, REORDERED)


Verdict = tuple[Rule, str, str]
"""Rule, message, remedy."""


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give what happened to the routes of methods that are in both schemas."""
    for pair in comparison.methods.both:
        before, now = routes_of(pair.baseline.descriptor), routes_of(pair.current.descriptor)
        if before != now:
            for rule, message, remedy in judge(pair.current.full_name, before, now):
                yield rule.on_pair(comparison, pair, message, at=(AT, AT), remedy=remedy)


def judge(method: str, before: list[Route], now: list[Route]) -> Iterator[Verdict]:
    """Give what is different between the routes of a method."""
    if Counter(before) == Counter(now):
        yield REORDERED, f"the routes of method {method} stand in another order", ""
        return
    taken = [(route, successor_of(route, now)) for route in before]
    kept = {successor for _, successor in taken if successor}
    gone = [route for route, successor in taken if successor is None]
    new = [route for route in now if route not in kept]
    if len(gone) == len(new) == 1:
        message = f"method {method} changes its route from {gone[0]} to {new[0]}"
        yield CHANGED, message, f"keep {gone[0]} among additional_bindings"
    else:
        for route in gone:
            yield DELETED, f"route {route} of method {method} is deleted", ""
        for route in new:
            yield ADDED, f"method {method} has the new route {route}", ""
    for route, successor in taken:
        if successor:
            yield from altered(method, route, successor)


def successor_of(route: Route, now: list[Route]) -> Route | None:
    """Give the route that takes the same requests now, one with the same paths before a wider one."""
    found = [one for one in now if one.covers(route)]
    return next((one for one in found if one.segments == route.segments), next(iter(found), None))


def altered(method: str, before: Route, now: Route) -> Iterator[Verdict]:
    """Give what is different about a route that still takes its requests."""
    if before.segments != now.segments:
        yield WIDENED, f"route {before} of method {method} takes more: {now}", ""
    elif before.path != now.path:
        yield REBOUND, f"route {before} of method {method} is written {now}", ""
    for what, old, new in (("body", before.body, now.body), ("response_body", before.response_body, now.response_body)):
        if old != new:
            message = f'route {before} of method {method} changes its {what} from "{old}" to "{new}"'
            yield BODY, message, "add another route beside it"
