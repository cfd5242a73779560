"""Drawings are well-formed and to scale."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from bench.drawings import Bar, Line, decades, draw_bars, draw_lines, spread

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_long_as_what_they_show() -> None:
    bars = [Bar("a <b> & c", 4, "4", is_ours=True), Bar("other", 1, "1", is_ours=False)]
    drawing = ET.fromstring(draw_bars("title", [("seconds", bars)]))  # noqa: S314 - our own
    first, second = drawing.findall(f"{SVG}rect")
    assert float(first.attrib["width"]) == pytest.approx(4 * float(second.attrib["width"]), rel=0.01)
    assert (first.attrib["class"], second.attrib["class"]) == ("c0", "c1")
    assert "a <b> & c" in {found.text for found in drawing.findall(f"{SVG}text")}


def test_each_panel_has_a_scale_of_its_own() -> None:
    drawing = ET.fromstring(  # noqa: S314 - our own
        draw_bars("title", [(name, [Bar("x", value, "", is_ours=True)]) for name, value in (("s", 1), ("MB", 900))])
    )
    first, second = drawing.findall(f"{SVG}rect")
    assert first.attrib["width"] == second.attrib["width"]


def test_linear_growth_is_a_straight_line() -> None:
    line = Line("ours", [(10, 1), (100, 10), (1_000, 100)])
    drawing = ET.fromstring(draw_lines("title", "files", [line]))  # noqa: S314 - our own
    path = drawing.find(f"{SVG}polyline")
    assert path is not None
    points = [tuple(map(float, point.split(","))) for point in path.attrib["points"].split()]
    steps = [(x - before[0], y - before[1]) for before, (x, y) in pairwise(points)]
    assert steps[0] == pytest.approx(steps[1])
    assert steps[0][0] > 0 > steps[0][1]


def test_scales_begin_and_end_at_powers_of_ten() -> None:
    assert list(decades([0.3, 20])) == [-1, 0, 1, 2]
    assert list(decades([10, 10])) == [1, 2]


def test_names_do_not_lie_on_each_other() -> None:
    assert spread([100, 50, 102]) == [100, 50, 116]
