"""The documents and drawings of what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.aims import SMALLEST, growth, growth_points
from bench.drawings import Bar, Line, draw_bars, draw_lines
from bench.races import BUILDS, COMPARISONS
from bench.report import COMPARING, EXPLANATION, aims, render, time_of
from bench.results import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.races import Race
    from bench.results import Kept

HERE = Path(__file__).parent
DRAWINGS = HERE / "drawings"
GROWTH = "growth"
"""The drawing of all generated trees together."""
GROWING = {"ours": "protoctl build", "buf-all": "buf generate", "protoc": "protoc"}
"""Contenders of the generated trees, as their lines are named."""


def redraw() -> str:
    """Write documents and drawings of all that is kept, and give the documents."""
    DRAWINGS.mkdir(exist_ok=True)
    said = []
    for name, races, explanation in (("RESULTS", BUILDS, EXPLANATION), ("COMPARING", COMPARISONS, COMPARING)):
        found = load([race.name for race in races])
        kept = {race: found[race.name] for race in races if race.name in found}
        if kept:
            drawn = {race.name: draw_race(race, one) for race, one in kept.items() if len(one.scores) > 1}
            summary = summarise(found) if races is BUILDS else []
            said.append(render(kept, explanation, drawn, summary))
            (HERE / f"{name}.md").write_text(said[-1])
    return "\n".join(said)


def summarise(kept: Mapping[str, Kept]) -> list[str]:
    """Give what stands above all races: aims, and how time grows."""
    parts = ["## Aims", aims(kept)]
    points = {key: growth_points(kept, key) for key in GROWING}
    lines = [Line(GROWING[key], found) for key, found in points.items() if len(found) > 1]
    if lines:
        parts += [f"![How time grows with files]({write(GROWTH, draw_lines('Cold build', 'files', lines))})"]
    exponents = {name: growth(key)(kept) for key, name in GROWING.items()}
    told = [f"{name} {found.value:.2f}" for name, found in exponents.items() if found]
    return [*parts, f"Exponents of growth from {SMALLEST} files on: {', '.join(told)}."] if told else parts


def draw_race(race: Race, kept: Kept) -> str:
    """Draw the times and peaks of a race; give the drawing's path from the documents."""
    times = [Bar(one.name, one.time, time_of(one), is_ours(one.key, race)) for one in kept.scores]
    peaks = [Bar(one.name, one.peak, f"{one.peak / 1e6:.0f}", is_ours(one.key, race)) for one in kept.scores]
    known = [bar for bar in peaks if bar.value]
    panels = [("seconds", times), *([("peak MB", known)] if known else [])]
    return write(race.name, draw_bars(f"{race.title}: {race.corpus.title}", panels))


def is_ours(key: str, race: Race) -> bool:
    """Tell whether a contender is protoctl's, and not the one that others are compared with."""
    return key != race.reference and not key.startswith(("buf", "protoc", "python"))


def write(name: str, drawing: str) -> str:
    """Write a drawing; give its path from the documents."""
    path = DRAWINGS / f"{name}.svg"
    path.write_text(drawing)
    return path.relative_to(HERE).as_posix()
