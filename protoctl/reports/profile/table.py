"""Where the time went, as a table for people."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.kit.trace import Span

HEADER = ("", "seconds", "times", "longest", "")


def render(spans: Iterable[Span]) -> str:
    """Give a line for each kind of span, the longest sum first; sums of what runs side by side may exceed the whole."""
    groups: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        groups[span.name].append(span)
    rows = [row(name, group) for name, group in sorted(groups.items(), key=lambda one: -total(one[1]))]
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    return "\n".join(line(cells, widths) for cells in [HEADER, *rows])


def row(name: str, group: list[Span]) -> tuple[str, ...]:
    """Give the cells of a kind of span."""
    longest = max(group, key=lambda one: one.end - one.begin)
    return name, f"{total(group):.2f}", str(len(group)), f"{longest.end - longest.begin:.2f}", longest.detail


def total(group: Iterable[Span]) -> float:
    """Give the seconds of all spans together."""
    return sum(one.end - one.begin for one in group)


def line(cells: tuple[str, ...], widths: list[int]) -> str:
    """Give a line whose numbers stand below each other."""
    name, *numbers, detail = cells
    padded = [number.rjust(width) for number, width in zip(numbers, widths[1:-1], strict=True)]
    return "  ".join([name.ljust(widths[0]), *padded, detail]).rstrip()
