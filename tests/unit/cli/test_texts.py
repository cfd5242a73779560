"""Results as people read them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from protoctl.cli.texts import show_doctor, show_dot, show_graph, show_init, show_lock, to_json
from protoctl.flows.doctor import Part, Status
from protoctl.flows.doctor import Result as Diagnosed
from protoctl.flows.graph import Node
from protoctl.flows.graph import Result as Graph
from protoctl.flows.init import Result as Initialised
from protoctl.flows.lock import Move
from protoctl.flows.lock import Result as Locked
from protoctl.kit.text import size

DIGEST = "0123456789abcdef"


def test_a_lock_tells_what_came_what_moved_and_what_went() -> None:
    moves = (Move("node", "a", "", "1.0"), Move("node", "b", "1.0", "2.0"), Move("python", "c", "3.0", ""))
    assert show_lock(Locked(DIGEST, "registry/x@sha256:1", moves, changed=True)).splitlines() == [
        "node: a 1.0",
        "node: b 1.0 → 2.0",
        "python: c 3.0 → gone",
        "image: registry/x@sha256:1",
        "wrote protoctl.lock and build/, toolchain 0123456789ab",
    ]


def test_a_lock_without_change_says_so() -> None:
    assert show_lock(Locked(DIGEST, "", (), changed=False)) == "protoctl.lock is current, toolchain 0123456789ab"


def test_the_next_command_works_as_it_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert show_init(Initialised(tmp_path, None, ())).endswith("next: protoctl build")
    assert show_init(Initialised(Path("/a b"), None, ())).endswith("next: protoctl build --workspace '/a b'")


def test_hints_stand_below_what_they_are_about() -> None:
    parts = (Part("lock", Status.FAILED, "is old", "run it", 2), Part("engine", Status.OK, "here"))
    assert show_doctor(Diagnosed(parts)).splitlines() == [
        "failed  lock    is old",
        "                hint: run it",
        "ok      engine  here",
    ]


@pytest.mark.parametrize(("codes", "expected"), [([], 0), ([4], 4), ([4, 2], 2), ([4, 4], 4)])
def test_the_doctor_reports_configuration_first(codes: list[int], expected: int) -> None:
    parts = [Part("x", Status.NOTE, ""), *(Part("y", Status.FAILED, "", "", code) for code in codes)]
    assert Diagnosed(tuple(parts)).exit_code == expected


def test_a_graph_without_modules_is_empty() -> None:
    assert show_graph(Graph(())) == ""
    assert show_dot(Graph(())) == "digraph modules {\n}"


def test_json_begins_with_its_format() -> None:
    text = to_json(Graph((Node("a", "acme/a", ()),)))
    assert text.startswith('{\n  "format": 1,')
    assert json.loads(text)["modules"] == [{"module": "a", "folder": "acme/a", "imports": []}]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_951, "1.0 MB"), (10**13, "10000.0 GB")],
)
def test_sizes_are_rounded(count: int, text: str) -> None:
    assert size(count) == text
