"""The table of what each grpcio-tools emits, read as the lock reads it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from packaging.version import Version

from protoctl.model.gencode import LOWEST, SERIES, is_measured, series_for, tools_for


def test_series_and_runtimes_ascend() -> None:
    for one, other in pairwise(SERIES):
        assert Version(one.tools) < Version(other.tools)
        assert Version(one.runtime) < Version(other.runtime)
        assert one.edition <= other.edition


@pytest.mark.parametrize(
    ("floor", "tools"),
    [
        (LOWEST, "grpcio-tools>=1.63,<1.66"),
        ("5.26", "grpcio-tools>=1.63,<1.66"),
        ("5.27.1", "grpcio-tools>=1.63,<1.66"),
        ("5.27.2", "grpcio-tools>=1.66,<1.68"),
        ("6.31", "grpcio-tools>=1.73,<1.74"),
        ("6.31.1", "grpcio-tools>=1.74,<1.81"),
        ("7.35.0", "grpcio-tools>=1.82,<1.83"),
        ("7.36", "grpcio-tools>=1.83"),
    ],
)
def test_a_floor_gets_the_newest_tools_whose_code_works_there(floor: str, tools: str) -> None:
    assert tools_for(floor) == tools


def test_below_the_first_series_there_is_nothing() -> None:
    assert series_for("5.25.9") is None
    with pytest.raises(ValueError, match=r"5\.25\.9"):
        tools_for("5.25.9")


def test_releases_up_to_the_last_measured_minor_are_known() -> None:
    assert is_measured("1.85.99")
    assert not is_measured("1.86.0")
    assert not is_measured("2.0")
