"""What we say about the cases of a corpus, and where it differs from what the corpus says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches import compile_batch
from buf.agreement import compare_witnesses

from agreement.reasons import BREAKING, SEMVER
from protoctl.differences import find_differences
from protoctl.model.change import Change, Consumer
from protoctl.versioning.comparison import compare_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from agreement.cases import BreakingCase, SemverCase
    from protoctl.model.difference import Difference
    from protoctl.schema.view import Schema


@dataclass(frozen=True)
class Disagreement:
    """One thing that a corpus says and we do not."""

    case: str
    """Its name."""
    about: str
    """What differs: `change`, a consumer, or buf's rule and the element."""
    they: str
    """What the corpus says."""
    we: str
    """What we say."""
    reason: str
    """Why we are right, empty when nobody knows."""


@dataclass(frozen=True)
class Tally:
    """What a corpus came to."""

    name: str
    """Of the corpus."""
    cases: int
    """How many were judged."""
    disagreements: tuple[Disagreement, ...]
    """In order of the cases."""
    unused: tuple[str, ...]
    """Cases for which there is a reason that none needs."""


def judge_semver(cases: Sequence[SemverCase], folder: Path) -> Tally:
    """Compare the two sides of every case and hold step and effects to what the corpus says."""
    found = []
    for case, (baseline, current) in zip(cases, compile_sides(cases, folder), strict=True):
        differences = find_differences(compare_schemas(baseline, current))
        found += list(semver_disagreements(case, differences))
    used = {(one.case, one.about) for one in found}
    return Tally(
        "semver",
        len(cases),
        tuple(found),
        tuple(f"{case} ({about})" for case, about in SEMVER if (case, about) not in used),
    )


def semver_disagreements(case: SemverCase, differences: Sequence[Difference]) -> Iterator[Disagreement]:
    """Give what differs: the step; a consumer that breaks and is not affected, or is affected though it is safe."""
    change = max((one.change for one in differences), default=Change.NONE)
    if str(change) != case.change:
        yield disagree(case.name, "change", case.change, f"{change} by {rules_of(differences)}")
    for consumer in Consumer:
        said = case.effects[consumer.value]
        by = [one for one in differences if consumer in one.affected()]
        if (said == "break" and not by) or (said == "safe" and by):
            yield disagree(case.name, consumer.value, said, f"affected by {rules_of(by)}" if by else "not affected")


def disagree(case: str, about: str, they: str, we: str) -> Disagreement:
    """Give a disagreement with the reason that is known for it."""
    return Disagreement(case, about, they, we, SEMVER.get((case, about), ""))


def judge_breaking(cases: Sequence[BreakingCase], folder: Path) -> Tally:
    """Compare the two sides of every case and look for everything that buf reports."""
    found = []
    for case, (baseline, current) in zip(cases, compile_sides(cases, folder), strict=True):
        differences = find_differences(compare_schemas(baseline, current))
        verdicts = compare_witnesses(case.reported, differences, baseline.files, current.files).theirs
        for one in verdicts:
            if not one.peer:
                reason = BREAKING.get((case.name, one.rule, one.element), one.reason)
                about = f"{one.rule} {one.file} {one.element}"
                found.append(Disagreement(case.name, about, one.message, "no break", reason))
    used = {(one.case, one.about) for one in found}
    unused = [
        f"{name} ({rule} {element})"
        for name, rule, element in BREAKING
        if not any(
            case == name and about.startswith(f"{rule} ") and about.endswith(f" {element}") for case, about in used
        )
    ]
    return Tally("breaking", len(cases), tuple(found), tuple(unused))


def compile_sides(cases: Sequence[SemverCase] | Sequence[BreakingCase], folder: Path) -> list[tuple[Schema, Schema]]:
    """Give both schemas of every case; all of them compile."""
    trees: list[Mapping[str, str]] = [tree for case in cases for tree in (case.baseline, case.current)]
    schemas = compile_batch(trees, folder)
    refused = [cases[at // 2].name for at, schema in enumerate(schemas) if schema is None]
    assert not refused, f"protoc refuses {refused}"
    sides = iter(one for one in schemas if one is not None)
    return list(zip(sides, sides, strict=True))


def rules_of(differences: Sequence[Difference]) -> str:
    """Name the rules of some findings."""
    return ", ".join(sorted({one.rule for one in differences})) or "no rule"
