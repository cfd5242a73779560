"""What it does to consumers when a field gets another type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto

from protoctl.model.change import Effect, Effects
from protoctl.versioning.elements import map_entry_of, oneof_name
from protoctl.versioning.field_encoding import is_delimited
from protoctl.versioning.field_types import (
    ENUM,
    OWN_JSON,
    WRAPPED,
    is_message,
    is_repeated,
    json_effect,
    json_name_of,
    key_and_value,
    node_type,
    scalar_effects,
    type_name,
)
from protoctl.versioning.presence import is_undefined_in_node

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto

    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Field
    from protoctl.versioning.matching import Pair

BREAK, CONDITIONAL, SAFE = Effect.BREAK, Effect.CONDITIONAL, Effect.SAFE
EVERYBODY = Effects(BREAK, BREAK, BREAK, BREAK)


def type_effects(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Effects | None:
    """Give what another type of a field does; nothing when it has the same, under whatever name.

    Whether there is one value or many is not looked at, but that a map became something else is.
    """
    before, now = pair.baseline, pair.current
    was, is_now = map_entry_of(before), map_entry_of(now)
    if was is not None and is_now is not None:
        return map_effects(comparison, was, is_now)
    if was is not None or is_now is not None:
        return unmapped_effects(comparison, before, now)
    found = value_effects(comparison, before.descriptor, now.descriptor)
    if found is None or (is_message(before.descriptor) and is_message(now.descriptor)):
        return found
    return EVERYBODY if is_delimited(before) or is_delimited(now) else wrapped_effects(before, now, found)


def map_effects(comparison: Comparison, was: DescriptorProto, now: DescriptorProto) -> Effects | None:
    """Give what other keys or values of a map do."""
    (key, value), (new_key, new_value) = key_and_value(was.field), key_and_value(now.field)
    keys, values = value_effects(comparison, key, new_key), value_effects(comparison, value, new_value)
    if keys is not None:
        is_narrower = is_number_key(new_key) and not is_number_key(key)
        keys = keys._replace(node=BREAK if is_narrower else SAFE)
    found = [one for one in (keys, values) if one is not None]
    return found[0].worst(found[-1]) if found else None


def is_number_key(field: FieldDescriptorProto) -> bool:
    """Tell whether keys of a map are numbers to TypeScript, so that no string can be one."""
    return node_type(field) == "number"


def unmapped_effects(comparison: Comparison, before: Field, now: Field) -> Effects:
    """Give what it does when one side is a map and the other is not.

    An entry on the wire is a message with the key under 1 and the value under 2.
    """
    sides = (before.descriptor, now.descriptor)
    if any(is_delimited(one) for one in (before, now)) or not all(is_message(one) for one in sides):
        return EVERYBODY
    wire, _ = shape_effects(comparison, type_name(before.descriptor), type_name(now.descriptor))
    return EVERYBODY._replace(wire=max(CONDITIONAL, wire))


def value_effects(comparison: Comparison, before: FieldDescriptorProto, now: FieldDescriptorProto) -> Effects | None:
    """Give what another type of one value does; nothing when it is the same."""
    if is_message(before) and is_message(now):
        return named_effects(comparison, before, now)
    if before.type == now.type:
        return named_effects(comparison, before, now) if before.type == ENUM else None
    return scalar_effects(before, now)


def named_effects(comparison: Comparison, before: FieldDescriptorProto, now: FieldDescriptorProto) -> Effects | None:
    """Give what another message in place of a message does, or another enum in place of an enum."""
    if comparison.is_same_type(before.type_name, now.type_name):
        return None
    names = before.type_name[1:], now.type_name[1:]
    wire, json = enum_effects(comparison, *names) if before.type == ENUM else message_effects(comparison, *names)
    return Effects(wire=wire, json=json, python=BREAK, node=BREAK)


def enum_effects(comparison: Comparison, before: str, now: str) -> tuple[Effect, Effect]:
    """Give what another enum does to bytes and to JSON, which writes names."""
    was, is_now = comparison.baseline.types.get(before), comparison.current.types.get(now)
    if not isinstance(was, EnumDescriptorProto) or not isinstance(is_now, EnumDescriptorProto):
        return CONDITIONAL, BREAK
    old, new = ({one.name: one.number for one in enum.value} for enum in (was, is_now))
    wire = BREAK if any(new.get(name, number) != number for name, number in old.items()) else CONDITIONAL
    if old.keys() - new.keys():
        return wire, BREAK
    return wire, SAFE if old.keys() == new.keys() else CONDITIONAL


def message_effects(comparison: Comparison, before: str, now: str) -> tuple[Effect, Effect]:
    """Give what another message does to bytes and to JSON."""
    wire, json = shape_effects(comparison, before, now)
    if before in WRAPPED and now in WRAPPED:
        return wire, json_effect(WRAPPED[before], WRAPPED[now])
    if before in OWN_JSON or now in OWN_JSON:
        return max(wire, CONDITIONAL), BREAK
    return wire, json


def shape_effects(comparison: Comparison, before: str, now: str) -> tuple[Effect, Effect]:
    """Give what reading one message as another does to bytes and JSON, messages within included."""
    wire, json = SAFE, SAFE
    waiting = [(before, now)]
    seen = set(waiting)
    for names in waiting:
        was, is_now = comparison.baseline.types.get(names[0]), comparison.current.types.get(names[1])
        if not isinstance(was, DescriptorProto) or not isinstance(is_now, DescriptorProto):
            return BREAK, BREAK
        old, new = ({one.number: one for one in message.field} for message in (was, is_now))
        if old.keys() != new.keys():
            wire, json = max(wire, CONDITIONAL), max(json, CONDITIONAL)
        for pair in ((old[number], new[number]) for number in sorted(old.keys() & new.keys())):
            found = member_effects(comparison, *pair)
            wire, json = max(wire, found[0]), max(json, found[1])
            within = type_name(pair[0]), type_name(pair[1])
            if is_message(pair[0]) and is_message(pair[1]) and within[0] != within[1] and within not in seen:
                seen.add(within)
                waiting.append(within)
    return wire, json


def member_effects(
    comparison: Comparison, before: FieldDescriptorProto, now: FieldDescriptorProto
) -> tuple[Effect, Effect]:
    """Give what reading a field as another of the same number does to bytes and JSON, but for what is in a message."""
    if is_repeated(before) != is_repeated(now):
        return BREAK, BREAK
    wire, json = SAFE, SAFE
    if before.type != now.type:
        wire, json = scalar_effects(before, now)[:2]
    elif before.type == ENUM and before.type_name != now.type_name:
        wire, json = enum_effects(comparison, type_name(before), type_name(now))
    return wire, json if json_name_of(before) == json_name_of(now) else BREAK


def wrapped_effects(before: Field, now: Field, found: Effects) -> Effects:
    """Give effects where a wrapper of google.protobuf and the scalar within may stand for each other.

    JSON writes both alike, and protoc-gen-es gives the value within.
    """
    sides = (before.descriptor, now.descriptor)
    wrapped = [WRAPPED.get(type_name(one)) for one in sides]
    scalars = [kind or one.type for kind, one in zip(wrapped, sides, strict=True)]
    if wrapped.count(None) != 1 or scalars[0] != scalars[1] or any(is_repeated(one) for one in sides):
        return found
    return found._replace(json=SAFE, node=SAFE if all(has_undefined(one) for one in (before, now)) else BREAK)


def has_undefined(field: Field) -> bool:
    """Tell whether absence is `undefined` in Node for a single scalar or message."""
    return not oneof_name(field) and (is_message(field.descriptor) or is_undefined_in_node(field))
