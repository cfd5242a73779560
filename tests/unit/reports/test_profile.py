"""A trace as Perfetto reads it, and as people do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from conftest import copy_sample, fresh_cache

from protoctl.kit.trace import Span, Trace
from protoctl.reports.profile import perfetto, table

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl

SPANS = [
    Span("compile", "", 0.1, 0.5, "MainThread"),
    Span("build", "", 0.0, 2.0, "MainThread"),
    Span("protoc", "3 files", 0.5, 1.0, "programs"),
    Span("protoc-gen-es", "3 files", 0.7, 1.5, "programs"),
    Span("protoc", "9 files", 1.0, 1.2, "programs"),
]


def tracks(spans: list[Span]) -> dict[str, list[dict[str, Any]]]:
    """Give the events by the name of their track."""
    events = json.loads(perfetto.render(spans))["traceEvents"]
    names = {one["tid"]: one["args"]["name"] for one in events if one["ph"] == "M"}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in events:
        if one["ph"] == "X":
            found.setdefault(names[one["tid"]], []).append(one)
    return found


def test_spans_of_a_track_lie_within_each_other_or_apart() -> None:
    found = tracks(SPANS)
    assert {name: [one["name"] for one in events] for name, events in found.items()} == {
        "MainThread": ["build", "compile"],
        "programs": ["protoc", "protoc"],
        "programs 2": ["protoc-gen-es"],
    }
    first = found["programs"][0]
    assert (first["ts"], first["dur"], first["args"]) == (500_000, 500_000, {"what": "3 files"})


def test_the_table_has_a_line_for_each_kind() -> None:
    lines = table.render(SPANS).splitlines()
    assert [line.split() for line in lines] == [
        ["seconds", "times", "longest"],
        ["build", "2.00", "1", "2.00"],
        ["protoc-gen-es", "0.80", "1", "0.80", "3", "files"],
        ["protoc", "0.70", "2", "0.50", "3", "files"],
        ["compile", "0.40", "1", "0.40"],
    ]


def test_a_span_that_fails_is_noted() -> None:
    trace = Trace()
    with pytest.raises(ZeroDivisionError), trace.span("compile"):
        _ = 1 / 0
    assert [span.name for span in trace.spans] == ["compile"]


def test_a_build_tells_where_its_time_went(protoctl: Protoctl, tmp_path: Path) -> None:
    sample_root = copy_sample(tmp_path / "acme")
    path = tmp_path / "trace.json"
    cache = str(fresh_cache(tmp_path / "cache"))  # what is known is not made
    arguments = ("build", "--target", "python", "--workspace", sample_root)
    done = protoctl(*arguments, "--profile", path, "--out", tmp_path / "dist", PROTOCTL_CACHE_DIR=cache)
    assert done.code == 0, done.err
    names = {one["name"] for one in json.loads(path.read_text())["traceEvents"] if one["ph"] == "X"}
    assert names >= {"build", "look", "discover", "plan", "make", "place"}
    assert "seconds" in done.err
    there = protoctl(*arguments, "--profile", tmp_path)
    assert there.code == 4
    assert f"cannot write {tmp_path}" in there.err
