"""The exponent of growth is that of the power by which time grows."""

from __future__ import annotations

import pytest

from bench.growth import growth_exponent


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_powers(power: float) -> None:
    points = [(size, 3 * size**power) for size in (100, 1_000, 10_000)]
    assert growth_exponent(points) == pytest.approx(power)
