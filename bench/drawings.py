"""Drawings of results as SVG that is readable on light and on dark pages."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LETTER = 7.2
"""How wide a letter is at most, on average."""
LONGEST = 400
"""The longest bar."""
NUMBERS = 80
"""What is left for the number behind it, or for the name of a line."""
ROW = 26
"""From one bar to the next."""
LETTERS = 16.0
"""The height of a line of words."""
COLOURS = ("c0", "c2", "c3")
"""Classes of lines: the first is ours."""
PLOT = (70, 40, 480, 300)
"""Left, top, width and height of the field that lines are drawn in."""
STYLE = """\
text { font: 13px sans-serif; fill: #1f2328 }
.title { font-weight: bold }
.number { text-anchor: end }
.middle { text-anchor: middle }
.c0 { fill: #0969da; stroke: #0969da } .c1 { fill: #8c959f; stroke: #8c959f }
.c2 { fill: #bc4c00; stroke: #bc4c00 } .c3 { fill: #1a7f37; stroke: #1a7f37 }
.line { fill: none; stroke-width: 2 } .dot { stroke: none }
.grid { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.c0 { fill: #58a6ff; stroke: #58a6ff } .c1 { fill: #6e7681; stroke: #6e7681 }
.c2 { fill: #f0883e; stroke: #f0883e } .c3 { fill: #3fb950; stroke: #3fb950 }
.line { fill: none }
.grid { stroke: #30363d }
}"""
"""The colours: 0 is ours, 1 another's in bars, 2 and 3 others' lines."""


@dataclass(frozen=True)
class Bar:
    """One number."""

    name: str
    """Left of the bar."""
    value: float
    """Its length, from 0."""
    text: str
    """Behind it."""
    is_ours: bool
    """Whether it stands out."""


@dataclass(frozen=True)
class Line:
    """Numbers that grow."""

    name: str
    """Behind its last point."""
    points: Sequence[tuple[float, float]]
    """From left to right, all above 0."""


def draw_bars(title: str, panels: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """Give panels of bars below each other, each with a heading and a scale of its own."""
    body, top = [text(10, 20, title, "title")], 44
    left = 18 + LETTER * max(len(bar.name) for _, bars in panels for bar in bars)
    for heading, bars in panels:
        body.append(text(left, top, heading))
        longest = max(bar.value for bar in bars) or 1
        for number, bar in enumerate(bars):
            body += draw_bar(bar, (left, top + 8 + number * ROW), bar.value / longest)
        top += ROW * len(bars) + 36
    return document(left + LONGEST + NUMBERS, top - 16, body)


def draw_bar(bar: Bar, corner: tuple[float, int], share: float) -> list[str]:
    """Give a bar with its name and its number, so long as its share of the longest."""
    (left, top), length = corner, max(1, LONGEST * share)
    middle = top + ROW - 9
    colour = "c0" if bar.is_ours else "c1"
    return [
        text(left - 8, middle, bar.name, "number"),
        f'<rect class="{colour}" x="{left:.1f}" y="{top + 2}" width="{length:.1f}" height="{ROW - 6}"/>',
        text(left + length + 6, middle, bar.text),
    ]


def draw_lines(title: str, across: str, lines: Sequence[Line]) -> str:
    """Give lines on logarithmic scales, with a grid at the powers of ten."""
    xs, ys = zip(*(point for line in lines for point in line.points), strict=True)
    horizontal, vertical = decades(xs), decades(ys)
    left, top, width, height = PLOT

    def place(x: float, y: float) -> tuple[float, float]:
        """Give where a point is drawn."""
        at = (log10(x) - horizontal[0]) / (horizontal[-1] - horizontal[0])
        up = (log10(y) - vertical[0]) / (vertical[-1] - vertical[0])
        return left + width * at, top + height * (1 - up)

    body = [text(10, 20, title, "title"), text(left + width / 2, top + height + 40, across, "middle")]
    for power in horizontal:
        x = place(10**power, 10 ** vertical[0])[0]
        body += [rule(x, top, x, top + height), text(x, top + height + 18, f"{10**power:,}", "middle")]
    for power in vertical:
        y = place(10 ** horizontal[0], 10**power)[1]
        body += [rule(left, y, left + width, y), text(left - 8, y + 4, f"{10.0**power:g} s", "number")]
    placed = [[place(x, y) for x, y in line.points] for line in lines]
    names = spread([points[-1][1] for points in placed])
    for colour, line, points, at in zip(COLOURS, lines, placed, names, strict=False):
        body += draw_line(points, colour)
        body.append(text(points[-1][0] + 10, at + 4, line.name))
    return document(left + width + 2 * NUMBERS, top + height + 54, body)


def spread(places: Sequence[float]) -> list[float]:
    """Give places from top to bottom, moved down as far as their words would lie on each other."""
    found: dict[int, float] = {}
    last = -LETTERS
    for number in sorted(range(len(places)), key=places.__getitem__):
        last = found[number] = max(places[number], last + LETTERS)
    return [found[number] for number in range(len(places))]


def draw_line(points: Sequence[tuple[float, float]], colour: str) -> list[str]:
    """Give a line, and a dot for each of its points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle class="dot {colour}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points]
    return [f'<polyline class="{colour} line" points="{path}"/>', *dots]


def decades(values: Iterable[float]) -> range:
    """Give the powers of ten from below the least to above the greatest value, two at least."""
    found = sorted(values)
    lowest = floor(log10(found[0]))
    return range(lowest, max(lowest + 1, ceil(log10(found[-1]))) + 1)


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Give words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}"{f" class={kind!r}" if kind else ""}>{escape(words)}</text>'


def rule(x: float, y: float, to_x: float, to_y: float) -> str:
    """Give a line of the grid."""
    return f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'


def document(width: float, height: float, body: Iterable[str]) -> str:
    """Give the whole drawing."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">'
    return "\n".join([head, f"<style>\n{STYLE}\n</style>", *body, "</svg>", ""])
