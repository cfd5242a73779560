"""Random edits of random schemas: what the comparison calls safe has to be so for those whom it says it is safe for."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from batches import compile_batch

from fuzz.consumers import check_node, check_python
from fuzz.edits import edit_protos
from fuzz.round_trips import Drawing, Side, try_json, try_same_json, try_wire
from fuzz.schemas import draw_protos
from fuzz.surfaces import python_facts
from protoctl.differences import find_differences
from protoctl.model.change import Change, Consumer, Effect
from protoctl.versioning.comparison import compare_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from google.protobuf.descriptor import Descriptor

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
    judged = [Judged(pair, pair.differences) for pair in draw_pairs(seeds)]
    found = [(one, why) for one in judged if (why := next(violations(one), ""))]
    found += list(type_violations([one for one in judged if one not in dict(found)]))
    assert not found, "\n\n".join(describe(*one) for one in found)


@dataclass(frozen=True, eq=False)
class Judged:
    """A pair and what the comparison says about it."""

    pair: Edited
    """The pair."""
    differences: Sequence[Difference]
    """What differs."""

    @property
    def change(self) -> Change:
        """The step that it takes."""
        return max((one.change for one in self.differences), default=Change.NONE)

    def is_safe_for(self, consumer: Consumer) -> bool:
        """Tell whether a consumer is promised that nothing breaks."""
        return self.change < Change.MAJOR or all(one.effects.of(consumer) is Effect.SAFE for one in self.differences)


def describe(judged: Judged, why: str) -> str:
    """Say what is not so, and of what."""
    rows = [f"{one.change} {one.rule} {tuple(map(str, one.effects))}: {one.message}" for one in judged.differences]
    texts = [f"--- {path}\n{text}" for side in judged.pair.texts for path, text in side.items()]
    said = "\n".join(rows) or "nothing differs"
    return "\n".join([f"seed {judged.pair.seed}: {why}", "the comparison says:", said, *texts])


def type_violations(judged: Sequence[Judged]) -> Iterator[tuple[Judged, str]]:
    """Give pairs whose old consumers no longer type-check although they are promised to."""
    for consumer, check in ((Consumer.PYTHON, check_python), (Consumer.NODE, check_node)):
        safe = {f"p{one.pair.seed}": one for one in judged if one.is_safe_for(consumer)}
        texts = {path: text for one in safe.values() for path, text in one.pair.texts[1].items()}
        with tempfile.TemporaryDirectory(prefix="consumers-") as folder:
            errors = check({name: one.pair.baseline for name, one in safe.items()}, texts, Path(folder)) if safe else {}
        yield from ((safe[name], f"{consumer.value} consumer: {said[0]}") for name, said in errors.items())


def violations(judged: Judged) -> Iterator[str]:
    """Give every promise about data and about what Python code relies on that a pair breaks."""
    pair, old, new = judged.pair, Side(judged.pair.baseline), Side(judged.pair.current)
    if judged.change is Change.NONE and pair.baseline.bare != pair.current.bare:
        yield "descriptors differ, and no difference is found"
    if judged.is_safe_for(Consumer.PYTHON):
        yield from python_violations(old, new, judged.change)
    rng = Random(pair.seed)  # noqa: S311  nothing is kept secret
    for name in sorted(old.messages.keys() & new.messages.keys()):
        for _ in range(MESSAGES):
            yield from data_violations(rng, judged, old.messages[name], new.messages[name])
            yield from data_violations(rng, judged, new.messages[name], old.messages[name], is_back=True)


def python_violations(old: Side, new: Side, change: Change) -> Iterator[str]:
    """Give what Python code could rely on and no longer can."""
    before, now = python_facts(old), python_facts(new)
    yield from (f"Python: {fact} is no more" for fact in sorted(map(repr, before - now)))
    if change < Change.MINOR:
        yield from (f"a patch, and {fact} is new" for fact in sorted(map(repr, now - before)))


def data_violations(
    rng: Random, judged: Judged, writer: Descriptor, reader: Descriptor, *, is_back: bool = False
) -> Iterator[str]:
    """Give what is lost when a random message goes from one side to the other.

    What an old side cannot know yet, a new value of an enum or an extension, is sent to it only after a larger change.
    """
    message = Drawing(rng, is_back and judged.change < Change.MAJOR).message(writer, reader)
    if not message.IsInitialized():
        return
    way = "what is new is read by the old side" if is_back else "what is old is read by the new side"
    wire, json = (judged.is_safe_for(consumer) for consumer in (Consumer.WIRE, Consumer.JSON))
    lost = [("wire", try_wire(message, reader))] if wire else []
    lost += [("JSON", try_json(message, reader))] if json else []
    lost += [("JSON", try_same_json(message, reader))] if json and wire else []
    yield from (f"{what}, {way}: {why}" for what, why in lost if why)
