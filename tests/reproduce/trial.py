"""A reference build, and every variation compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reproduce.circumstances import BuildError, Circumstances, build
from reproduce.comparison import explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reproduce.variations import Ground, Variation

SAME, DIFFERS, FAILS, ABSENT = "same", "differs", "fails", "not possible here"
REFERENCE = Circumstances(environment={"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"})
"""What the others differ from."""


@dataclass(frozen=True)
class Verdict:
    """What came of one variation, or of several together."""

    name: str
    """Of the variation; several are joined by `+`."""
    sentence: str
    """What differed."""
    result: str
    """`same`, `differs`, `fails` or `not possible here`."""
    reason: str = ""
    """Why not, or how it differs."""

    @property
    def is_fault(self) -> bool:
        """Whether something is not as promised."""
        return self.result in {DIFFERS, FAILS}


class Trial:
    """One workspace, built again and again."""

    def __init__(self, ground: Ground) -> None:
        """Build the reference; raises BuildError."""
        self.ground = ground
        self.number = 0
        self.reference = self.build(REFERENCE)

    def build(self, circumstances: Circumstances) -> Path:
        """Build in a folder of its own."""
        self.number += 1
        scratch = self.ground.scratch / f"build-{self.number}"
        scratch.mkdir()
        return build(self.ground.workspace, scratch, circumstances)

    def each(self, variations: Sequence[Variation]) -> Iterator[Verdict]:
        """Give the verdict on each variation alone."""
        for variation in variations:
            reason = variation.absent(self.ground)
            if reason:
                yield Verdict(variation.name, variation.sentence, ABSENT, reason)
            else:
                yield self.judge([variation])

    def together(self, variations: Sequence[Variation]) -> Iterator[Verdict]:
        """Give one verdict on all that this machine can, in one build; where it is bad, the verdict on each."""
        reasons = {one: one.absent(self.ground) for one in variations}
        for variation, reason in reasons.items():
            if reason:
                yield Verdict(variation.name, variation.sentence, ABSENT, reason)
        possible = [variation for variation, reason in reasons.items() if not reason]
        verdict = self.judge(possible)
        yield verdict
        if verdict.is_fault:
            yield from self.each(possible)

    def judge(self, variations: Sequence[Variation]) -> Verdict:
        """Build with some variations at once and compare."""
        circumstances = REFERENCE
        for variation in variations:
            circumstances = variation.apply(circumstances, self.ground)
        name = "+".join(variation.name for variation in variations)
        sentence = "; ".join(variation.sentence for variation in variations)
        try:
            built = self.build(circumstances)
        except BuildError as error:
            return Verdict(name, sentence, FAILS, str(error))
        difference = explain(self.reference, built)
        return Verdict(name, sentence, DIFFERS if difference else SAME, difference)
