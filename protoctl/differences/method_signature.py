"""What a method takes and gives, one message or a stream of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import MethodDescriptorProto

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.routes import has_routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair

BROKEN = Effects(wire=BREAK, json=SAFE, python=BREAK, node=BREAK)
REQUEST = Rule(
    "method-request-changed", "A method takes another message: calls of old clients fail", Change.MAJOR, BROKEN
)
RESPONSE = Rule(
    "method-response-changed", "A method gives another message: old clients do not understand it", Change.MAJOR, BROKEN
)
CLIENT = Rule(
    "method-request-streaming-changed",
    "A method takes a stream where it took one message, or the other way round: calls of old clients fail",
    Change.MAJOR,
    BROKEN,
)
SERVER = Rule(
    "method-response-streaming-changed",
    "A method gives a stream where it gave one message, or the other way round: calls of old clients fail",
    Change.MAJOR,
    BROKEN,
)
RULES = (REQUEST, RESPONSE, CLIENT, SERVER)
TYPES = ((REQUEST, "input_type", "request"), (RESPONSE, "output_type", "response"))
STREAMS = ((CLIENT, "client_streaming", "request"), (SERVER, "server_streaming", "response"))
REMEDY = "add another method and mark this one deprecated"


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give methods that take or give something else; a message that was only renamed is the same."""
    for pair in comparison.methods.both:
        yield from retyped(comparison, pair)
        yield from restreamed(comparison, pair)


def retyped(comparison: Comparison, pair: Pair[MethodDescriptorProto]) -> Iterator[Difference]:
    """Give what a method takes or gives where it is another message; a route may hide a new one of the same shape."""
    effects = BROKEN._replace(json=CONDITIONAL) if has_routes(pair.baseline.descriptor) else BROKEN
    for rule, attribute, word in TYPES:
        before, now = (getattr(side.descriptor, attribute) for side in (pair.baseline, pair.current))
        if not comparison.is_same_type(before, now):
            message = f"method {pair.current.full_name} changes its {word} from {before[1:]} to {now[1:]}"
            at = (MethodDescriptorProto.DESCRIPTOR.fields_by_name[attribute].number,)
            yield rule.on_pair(comparison, pair, message, at=(at, at), effects=effects, remedy=REMEDY)


def restreamed(comparison: Comparison, pair: Pair[MethodDescriptorProto]) -> Iterator[Difference]:
    """Give what a method takes or gives where it became a stream or ceased to be one."""
    effects = BROKEN._replace(json=BREAK) if has_routes(pair.baseline.descriptor) else BROKEN
    for rule, attribute, word in STREAMS:
        is_stream = getattr(pair.current.descriptor, attribute)
        if getattr(pair.baseline.descriptor, attribute) != is_stream:
            step = "one message to a stream" if is_stream else "a stream to one message"
            message = f"method {pair.current.full_name} changes its {word} from {step}"
            yield rule.on_pair(comparison, pair, message, effects=effects, remedy=REMEDY)
