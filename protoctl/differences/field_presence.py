"""Fields whose absence comes to mean something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import oneof_name
from protoctl.versioning.field_types import is_message
from protoctl.versioning.presence import Presence, is_undefined_in_node, presence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field
    from protoctl.versioning.matching import Pair

CHANGED = Rule(
    "field-presence-changed",
    "A field changes between required, optional and always present: HasField works no longer, messages without it are "
    "refused, or code in Node sees undefined where it saw a value or the other way round",
    Change.MAJOR,
)
GAINED = Rule(
    "field-presence-gained",
    "The absence of a field can be told from zero, and code looks as before: zero is now written when it is set",
    Change.MINOR,
    Effects(json=CONDITIONAL),
)
IDLE = Rule(
    "field-optional-idle",
    "A message field is written with or without `optional`, which says nothing about messages",
    Change.PATCH,
)
RULES = (CHANGED, GAINED, IDLE)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields with another presence, unless type, label or oneof is the cause."""
    for pair in comparison.fields.both:
        before, now = pair.baseline, pair.current
        if oneof_name(before) or oneof_name(now) or is_message(before.descriptor) != is_message(now.descriptor):
            continue
        sides = presence_of(before), presence_of(now)
        if Presence.LIST in sides:
            continue
        if sides[0] != sides[1] or is_undefined_in_node(before) != is_undefined_in_node(now):
            yield changed(comparison, pair)
        elif before.descriptor.proto3_optional != now.descriptor.proto3_optional and is_message(now.descriptor):
            verb = "loses" if before.descriptor.proto3_optional else "gains"
            words = f"field {now.full_name} {verb} the word optional, which changes nothing for a message"
            yield IDLE.on_pair(comparison, pair, words)


def changed(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about a field with another presence, or one that Node sees otherwise when it is absent."""
    before, now = pair.baseline, pair.current
    words = f"field {now.full_name} changes from {described(before)} to {described(now)}"
    effects = presence_effects(before, now)
    if effects == GAINED.effects:
        return GAINED.on_pair(comparison, pair, words)
    return CHANGED.on_pair(comparison, pair, words, effects=effects)


def presence_effects(before: Field, now: Field) -> Effects:
    """Give what another presence does: Python's HasField is there for fields that are not always present only."""
    was, is_now = presence_of(before), presence_of(now)
    moved = is_undefined_in_node(before) != is_undefined_in_node(now)
    return Effects(
        wire=CONDITIONAL if was is not is_now and Presence.REQUIRED in (was, is_now) else SAFE,
        json=CONDITIONAL if was is not is_now else SAFE,
        python=BREAK if is_now is Presence.IMPLICIT and was is not is_now else SAFE,
        node=BREAK if moved else SAFE,
    )


def described(field: Field) -> str:
    """Give a presence in words, and what Node gives for absence where only that tells two apart."""
    words = {
        Presence.REQUIRED: "required",
        Presence.EXPLICIT: "optional",
        Presence.IMPLICIT: "always present (implicit presence)",
    }[presence_of(field)]
    return f"{words} with undefined for absence in Node" if is_undefined_in_node(field) else words
