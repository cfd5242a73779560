"""Extensions under another name, number or message, or in another file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from protoctl.differences.rule import BREAK, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.exports import effect_on_python
from protoctl.versioning.options import is_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair

RENAMED = Rule(
    "extension-renamed",
    "An extension has another full name, which code uses and JSON is written with",
    Change.MAJOR,
    Effects(wire=SAFE, json=BREAK, python=BREAK, node=BREAK),
)
MOVED = Rule(
    "extension-moved",
    "An extension is in another file: imports of its code fail",
    Change.MAJOR,
    Effects(wire=SAFE, json=SAFE, python=BREAK, node=BREAK),
)
RENUMBERED = Rule(
    "extension-number-changed",
    "An extension has another number: bytes that hold the old one are not read",
    Change.MAJOR,
    Effects(wire=BREAK),
)
EXTENDEE = Rule(
    "extension-extendee-changed",
    "An extension extends another message",
    Change.MAJOR,
    Effects(wire=BREAK, json=BREAK, python=BREAK, node=BREAK),
)
RULES = (RENAMED, MOVED, RENUMBERED, EXTENDEE)
NUMBER = (FieldDescriptorProto.NUMBER_FIELD_NUMBER,)
OF = (FieldDescriptorProto.EXTENDEE_FIELD_NUMBER,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give extensions that are known by name or by number and differ in something else that tells them."""
    for pair in comparison.extensions.both:
        yield from placed(comparison, pair)
        name, before, now = pair.current.full_name, pair.baseline.descriptor, pair.current.descriptor
        if before.number != now.number:
            message = f"extension {name} changes its number from {before.number} to {now.number}"
            yield RENUMBERED.on_pair(comparison, pair, message, at=(NUMBER, NUMBER), remedy=f"keep {before.number}")
        if not comparison.is_same_type(before.extendee, now.extendee):
            message = f"extension {name} extends {now.extendee[1:]} instead of {before.extendee[1:]}"
            yield EXTENDEE.on_pair(comparison, pair, message, at=(OF, OF), remedy="add another extension")


def placed(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Iterator[Difference]:
    """Give the finding about an extension with another name or place; what its file or message did is told there."""
    before, now = pair.baseline, pair.current
    if before.name == now.name and comparison.counterparts.get(before.scope) is now.scope:
        return
    if before.full_name == now.full_name:
        if before.home not in comparison.files.deleted:
            message = f"extension {now.full_name} moves from {before.file.name} to {now.file.name}"
            effects = MOVED.effects._replace(python=effect_on_python(comparison, pair))
            yield MOVED.on_pair(comparison, pair, message, effects=effects)
        return
    effects = RENAMED.effects
    if is_option(before.descriptor):
        effects = effects._replace(json=SAFE)
    message = f"extension {before.full_name} is renamed to {now.full_name}"
    yield RENAMED.on_pair(comparison, pair, message, effects=effects)
