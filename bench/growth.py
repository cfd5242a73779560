"""How time grows with the number of files."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def growth_exponent(points: Sequence[tuple[float, float]]) -> float:
    """Give the slope of the line through the logarithms of sizes and times by least squares: 1 is linear growth."""
    sizes, times = [log(size) for size, _ in points], [log(time) for _, time in points]
    size, time = sum(sizes) / len(points), sum(times) / len(points)
    shared = sum((x - size) * (y - time) for x, y in zip(sizes, times, strict=True))
    return shared / sum((x - size) ** 2 for x in sizes)
