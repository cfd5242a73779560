"""Numbers as spans."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto

from protoctl.versioning.reserved import Span, is_number_reserved, joined, reserved_spans, spelled, without


def test_ends() -> None:
    """The end of a message's range stands outside it, that of an enum's within."""
    message, enum = DescriptorProto(), EnumDescriptorProto()
    for one in (message, enum):
        one.reserved_range.add(start=2, end=4)
    assert (reserved_spans(message), reserved_spans(enum)) == ([(2, 3)], [(2, 4)])
    assert [is_number_reserved(enum, number) for number in (1, 2, 4, 5)] == [False, True, True, False]
    assert not is_number_reserved(message, 4)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(5, 6), (1, 2)], [(1, 2), (5, 6)]),
        ([(1, 2), (3, 4)], [(1, 4)]),
        ([(1, 9), (3, 4), (10, 10)], [(1, 10)]),
        ([], []),
    ],
)
def test_joined(spans: list[Span], expected: list[Span]) -> None:
    """Spans that touch or overlap are one."""
    assert joined(spans) == expected


@pytest.mark.parametrize(
    ("spans", "others", "expected"),
    [
        ([(1, 9)], [], [(1, 9)]),
        ([(1, 9)], [(1, 9)], []),
        ([(1, 9)], [(3, 4), (9, 12)], [(1, 2), (5, 8)]),
        ([(1, 2), (5, 9)], [(2, 5)], [(1, 1), (6, 9)]),
        ([(5, 9)], [(1, 4), (10, 12)], [(5, 9)]),
    ],
)
def test_without(spans: list[Span], others: list[Span], expected: list[Span]) -> None:
    """What others hold is left out."""
    assert without(spans, others) == expected


def test_spelled() -> None:
    """Spans are written as in protos."""
    assert spelled([(2, 2), (9, 11), (100, 536870911)], 536870911) == "2, 9 to 11, 100 to max"
