"""What comes is begun early, but not too early, and stays in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.kit.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("count", [1, 3, 100])
def test_items_stay_in_order_and_few_are_taken_at_once(count: int) -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    for place, number in enumerate(ahead(numbers(), count)):
        assert number == place
        assert len(taken) == min(place + count, 10)
    assert list(ahead([], count)) == []
