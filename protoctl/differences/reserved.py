"""What messages and enums reserve; nothing breaks before it is used again, which is another rule's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto

from protoctl.differences.rule import Rule
from protoctl.model.change import Change
from protoctl.versioning.reserved import joined, reserved_spans, spelled, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import EnumValueDescriptorProto, FieldDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair
    from protoctl.versioning.reserved import Span

Reserving = DescriptorProto | EnumDescriptorProto
ADDED = Rule("reserved-added", "Numbers or names are reserved that were free", Change.PATCH)
REMOVED = Rule(
    "reserved-removed", "Numbers or names are free that were reserved: the next field may take them", Change.PATCH
)
REWRITTEN = Rule("reserved-rewritten", "The same numbers and names are reserved in other words", Change.PATCH)
RULES = (ADDED, REMOVED, REWRITTEN)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give messages and enums that reserve something else than before."""
    for message in comparison.messages.both:
        yield from judge(comparison, message, "message")
    for enum in comparison.enums.both:
        yield from judge(comparison, enum, "enum")


def judge(
    comparison: Comparison, pair: Pair[DescriptorProto] | Pair[EnumDescriptorProto], kind: str
) -> Iterator[Difference]:
    """Give what is reserved of what was free and in use nowhere, and what is free and not in use now."""
    before, now = pair.baseline.descriptor, pair.current.descriptor
    if list(before.reserved_range) == list(now.reserved_range) and before.reserved_name == now.reserved_name:
        return
    name = f"{kind} {pair.current.full_name}"
    added, removed = gained(before, now), gained(now, before)
    if added:
        yield ADDED.on_pair(comparison, pair, f"{name} reserves {added}")
    if removed:
        yield REMOVED.on_pair(
            comparison, pair, f"{name} no longer reserves {removed}", remedy=f"reserve {removed} again"
        )
    if is_same(before, now):
        yield REWRITTEN.on_pair(comparison, pair, f"{name} reserves the same in other words")


def gained(before: Reserving, now: Reserving) -> str:
    """Give what one side reserves and the other neither reserves nor uses, as a person says it."""
    spans = without(reserved_spans(now), joined([*reserved_spans(before), *used_numbers(before)]))
    known = {*before.reserved_name, *(one.name for one in members(before))}
    names = [f'"{name}"' for name in now.reserved_name if name not in known]
    end = 2**29 - 1 if isinstance(now, DescriptorProto) else 2**31 - 1
    return ", ".join([*filter(None, [spelled(spans, end)]), *names])


def is_same(before: Reserving, now: Reserving) -> bool:
    """Tell whether both reserve the same."""
    is_same_span = reserved_spans(before) == reserved_spans(now)
    return is_same_span and set(before.reserved_name) == set(now.reserved_name)


def used_numbers(descriptor: Reserving) -> list[Span]:
    """Give the numbers of fields or values."""
    return [(one.number, one.number) for one in members(descriptor)]


def members(descriptor: Reserving) -> Iterable[FieldDescriptorProto | EnumValueDescriptorProto]:
    """Give fields or values."""
    return descriptor.field if isinstance(descriptor, DescriptorProto) else descriptor.value
