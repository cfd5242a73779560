"""Fields that enter or leave a oneof, in which only one of them is kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import oneof_name
from protoctl.versioning.presence import Presence, is_required, presence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field
    from protoctl.versioning.matching import Pair

CHANGED = Rule(
    "field-oneof-changed",
    "A field enters a oneof together with others, leaves one or goes to another: what one side sets at once, the other "
    "drops all but the last of",
    Change.MAJOR,
    Effects(wire=BREAK, json=BREAK, python=BREAK, node=BREAK),
)
ENTERED = Rule(
    "field-oneof-entered",
    "A single field becomes the first of a new oneof: in Node it is read through the oneof",
    Change.MAJOR,
    Effects(node=BREAK),
)
LEFT = Rule(
    "field-oneof-left",
    "The only field of a oneof stands alone now, and the oneof is gone: code that asks which is set fails",
    Change.MAJOR,
    Effects(python=BREAK, node=BREAK),
)
RULES = (CHANGED, ENTERED, LEFT)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields that are in another oneof than before, one that is only called otherwise apart."""
    moved = [one for one in comparison.fields.both if comparison.oneof_now(one.baseline) != oneof_name(one.current)]
    if not moved:
        return
    new, gone = ({one.full_name for one in side} for side in (comparison.oneofs.added, comparison.oneofs.deleted))
    entering = Counter(oneof_full_name(one.current) for one in moved)
    leaving = Counter(oneof_full_name(one.baseline) for one in moved)
    for pair in moved:
        source, target = oneof_full_name(pair.baseline), oneof_full_name(pair.current)
        if not source and target in new and entering[target] == 1:
            yield entered(comparison, pair)
        elif not target and source in gone and leaving[source] == 1:
            yield left(comparison, pair)
        else:
            yield changed(comparison, pair)


def oneof_full_name(field: Field) -> str:
    """Give the full name of the oneof around a field; nothing without one."""
    name = oneof_name(field)
    return f"{field.around.full_name}.{name}" if name and field.around else ""


def entered(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about a field that is alone in a new oneof; it gains presence if it had none."""
    words = f"field {pair.current.full_name} moves into new oneof {oneof_name(pair.current)}"
    effects = ENTERED.effects
    if presence_of(pair.baseline) is not Presence.EXPLICIT:
        effects = effects._replace(json=CONDITIONAL, wire=CONDITIONAL if is_required(pair.baseline) else SAFE)
    return ENTERED.on_pair(comparison, pair, words, effects=effects)


def left(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about a field whose oneof is gone; it may lose its presence too."""
    words = f"field {pair.current.full_name} leaves oneof {oneof_name(pair.baseline)}, which is gone"
    effects = LEFT.effects
    if presence_of(pair.current) is not Presence.EXPLICIT:
        effects = effects._replace(json=CONDITIONAL, wire=CONDITIONAL if is_required(pair.current) else SAFE)
    return LEFT.on_pair(comparison, pair, words, effects=effects)


def changed(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about a field that is in a oneof with others, or no longer so."""
    source, target = oneof_name(pair.baseline), oneof_name(pair.current)
    if source and target:
        way = f"moves from oneof {source} to oneof {target}"
    else:
        way = f"leaves oneof {source}" if source else f"moves into oneof {target}"
    words = f"field {pair.current.full_name} {way}"
    return CHANGED.on_pair(comparison, pair, words, remedy="add a new field and deprecate this one")
