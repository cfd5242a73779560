"""Random edits of random schemas: what the comparison calls safe has to be so for those whom it says it is safe for."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from batches import compile_batch

from fuzz.edits import edit_protos
from fuzz.round_trips import Drawing, Side, try_json, try_same_json, try_wire
from fuzz.schemas import draw_protos
from fuzz.surfaces import python_facts
from protoctl.differences import find_differences
from protoctl.model.change import HARMLESS, Change, Effect
from protoctl.versioning.comparison import compare_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from protoctl.model.change import Effects
    from protoctl.model.difference import Difference
    from protoctl.schema.view import Schema

MESSAGES = 4
"""Messages that are sent for each type and direction."""


@dataclass(frozen=True)
class Edited:
    """A random schema before and after random edits."""

    seed: int
    """What it was drawn from."""
    texts: tuple[Mapping[str, str], Mapping[str, str]]
    """The protos by path."""
    baseline: Schema
    """Before, compiled."""
    current: Schema
    """After."""

    @property
    def differences(self) -> list[Difference]:
        """What the comparison says."""
        return find_differences(compare_schemas(self.baseline, self.current))


def draw_pairs(seeds: Sequence[int]) -> list[Edited]:
    """Give a pair for each seed whose two sides compile."""
    texts = [write_pair(seed) for seed in seeds]
    with tempfile.TemporaryDirectory(prefix="pairs-") as folder:
        schemas = compile_batch([tree for pair in texts for tree in pair], Path(folder))
    sides = zip(seeds, texts, schemas[::2], schemas[1::2], strict=True)
    return [Edited(seed, pair, old, new) for seed, pair, old, new in sides if old and new]


def write_pair(seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """Give the protos before and after one to three edits."""
    rng = Random(seed)  # noqa: S311  nothing is kept secret
    before = draw_protos(rng)
    after = edit_protos(rng, before, rng.choice((1, 1, 1, 2, 3)))
    package = f"acme.t{seed}"
    return before.write(package), after.write(package)


def judge_pairs(seeds: Sequence[int]) -> None:
    """Raise AssertionError for pairs of which the comparison says what is not so."""
    found = [(pair, why) for pair in draw_pairs(seeds) if (why := next(violations(pair), ""))]
    assert not found, "\n\n".join(describe(*one) for one in found)


def describe(pair: Edited, why: str) -> str:
    """Say what is not so, and of what."""
    said = "\n".join(f"{one.change} {one.rule} {one.effects}: {one.message}" for one in pair.differences)
    texts = "\n".join(f"--- {path}\n{text}" for side in pair.texts for path, text in side.items())
    return f"seed {pair.seed}: {why}\nthe comparison says:\n{said or 'nothing differs'}\n{texts}"


def violations(pair: Edited) -> Iterator[str]:
    """Give every promise that a pair breaks."""
    differences = pair.differences
    change = max((one.change for one in differences), default=Change.NONE)
    effects = HARMLESS
    for one in differences:
        effects = effects.worst(one.effects)
    if change is Change.NONE and pair.baseline.bare != pair.current.bare:
        yield "descriptors differ, and no difference is found"
    old, new = Side(pair.baseline), Side(pair.current)
    yield from python_violations(old, new, change, effects)
    rng = Random(pair.seed)  # noqa: S311  nothing is kept secret
    for name in sorted(old.messages.keys() & new.messages.keys()):
        for _ in range(MESSAGES):
            yield from data_violations(rng, (old, new), name, change, effects)


def python_violations(old: Side, new: Side, change: Change, effects: Effects) -> Iterator[str]:
    """Give what Python code could rely on and no longer can."""
    if effects.python is Effect.SAFE or change < Change.MAJOR:
        before, now = python_facts(old), python_facts(new)
        yield from (f"Python: {fact} is no more" for fact in sorted(map(repr, before - now)))
        if change < Change.MINOR:
            yield from (f"a patch, and {fact} is new" for fact in sorted(map(repr, now - before)))


def data_violations(
    rng: Random, sides: tuple[Side, Side], name: str, change: Change, effects: Effects
) -> Iterator[str]:
    """Give what is lost when a random message of a type goes from one side to the other, both ways."""
    old, new = (side.messages[name] for side in sides)
    for writer, reader, is_back in ((old, new, False), (new, old, True)):
        is_minor = change < Change.MAJOR
        message = Drawing(rng, is_minor and is_back).message(writer, reader)
        if not message.IsInitialized():
            continue
        way = "what is new is read by the old side" if is_back else "what is old is read by the new side"
        if effects.wire is Effect.SAFE or is_minor:
            yield from (f"wire, {way}: {why}" for why in [try_wire(message, reader)] if why)
        if effects.json is Effect.SAFE or is_minor:
            yield from (f"JSON, {way}: {why}" for why in [try_json(message, reader)] if why)
        if effects.json is Effect.SAFE and effects.wire is Effect.SAFE:
            yield from (f"JSON, {way}: {why}" for why in [try_same_json(message, reader)] if why)
