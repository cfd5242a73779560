"""The last run of a race is what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.results import Kept, Score, load, save

if TYPE_CHECKING:
    from pathlib import Path


def keep(race: str, seconds: float) -> Kept:
    """Give a run of a race."""
    return Kept(race, ("today",), 10, 1, ("node",), (Score("ours", "protoctl", (seconds,), (1.0,), (7,)),))


def test_races_are_kept_one_by_one(tmp_path: Path) -> None:
    for kept in (keep("one", 1), keep("two", 2), keep("one", 3)):
        save(kept, tmp_path / "results")
    assert load(["two", "none", "one"], tmp_path / "results") == {"two": keep("two", 2), "one": keep("one", 3)}
    assert list(load(["two", "one"], tmp_path / "results")) == ["two", "one"]
