"""A trace as JSON of trace events, which Perfetto opens (ui.perfetto.dev, chrome://tracing).

The form is the "Trace Event Format" of Chromium's tracing: complete events (`"ph": "X"`) with microseconds.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.kit.trace import Span

PROCESS = 1
"""All tracks belong to one process, since what runs elsewhere is told by its track."""


def render(spans: Iterable[Span]) -> str:
    """Give the text; spans of programs that overlap get tracks beside each other."""
    placed = list(place(spans))
    tracks = {track: number for number, track in enumerate(dict.fromkeys(track for _, track in placed), 1)}
    names = [
        {"ph": "M", "name": "thread_name", "pid": PROCESS, "tid": number, "args": {"name": track}}
        for track, number in tracks.items()
    ]
    events = [event(span, tracks[track]) for span, track in placed]
    return json.dumps({"displayTimeUnit": "ms", "traceEvents": [*names, *events]}, indent=1) + "\n"


def event(span: Span, track: int) -> dict[str, Any]:
    """Give a complete event."""
    return {
        "ph": "X",
        "name": span.name,
        "pid": PROCESS,
        "tid": track,
        "ts": round(span.begin * 1e6),
        "dur": round((span.end - span.begin) * 1e6),
        "args": {"what": span.detail} if span.detail else {},
    }


def place(spans: Iterable[Span]) -> Iterable[tuple[Span, str]]:
    """Give each span with its track, in the order of their beginnings.

    On a track spans lie within each other or apart, or viewers draw them wrongly.
    """
    open_ends: dict[str, list[float]] = {}
    for span in sorted(spans, key=lambda one: (one.begin, -one.end)):
        for number in count(1):
            track = span.track if number == 1 else f"{span.track} {number}"
            ends = [end for end in open_ends.get(track, []) if end > span.begin]
            if not ends or span.end <= ends[-1]:
                open_ends[track] = [*ends, span.end]
                yield span, track
                break
