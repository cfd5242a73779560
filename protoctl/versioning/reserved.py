"""What messages and enums reserve, as sets of numbers and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto

Span = tuple[int, int]
"""First and last number."""


def reserved_spans(descriptor: DescriptorProto | EnumDescriptorProto) -> list[Span]:
    """Give the reserved numbers as few spans as possible, sorted; ends of a message's ranges stand outside them."""
    past = 1 if isinstance(descriptor, DescriptorProto) else 0
    return joined((one.start, one.end - past) for one in descriptor.reserved_range)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Give spans sorted, those that touch or overlap as one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Give the numbers of joined spans that other joined spans leave."""
    result = []
    for first, last in spans:
        start = first
        for low, high in others:
            if high < start or low > last:
                continue
            if low > start:
                result.append((start, low - 1))
            start = high + 1
        if start <= last:
            result.append((start, last))
    return result


def is_number_reserved(descriptor: DescriptorProto | EnumDescriptorProto, number: int) -> bool:
    """Tell whether a number is reserved."""
    return any(first <= number <= last for first, last in reserved_spans(descriptor))


def spelled(spans: Iterable[Span], end: int = 0) -> str:
    """Give spans as protos write them, like `2, 9 to 11, 100 to max`, `max` being the given end."""
    return ", ".join(
        str(first) if first == last else f"{first} to {'max' if end and last >= end else last}" for first, last in spans
    )
