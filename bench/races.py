"""Which contenders run against each other, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from bench.comparing import compare_all, compare_one
from bench.corpora import CLOUDFORET, COMMON, GOOGLE, REAL, SAMPLE, Corpus, Ground, lay
from bench.equipment import WORK, find_corpus
from bench.measure import measure_memory, measure_time
from bench.ours import Ours, add_comment, add_field
from bench.peers import Peers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.contenders import Contender
    from bench.equipment import Equipment

SERVICE = "spaceone/api/identity/v2/user.proto"
"""In the largest module; four files import it."""
SHARED = "spaceone/api/core/v2/query.proto"
"""Three quarters of the tree import it."""


@dataclass(frozen=True)
class Race:
    """Contenders on one corpus, measured in turns."""

    name: str
    """As `--only` takes it."""
    title: str
    """Above the table."""
    corpus: Corpus
    """What is built."""
    enter: Callable[[Ground, Equipment, Sequence[str]], list[Contender]]
    """Gives the contenders, ready to run."""
    reference: int | None = None
    """The place of the contender to whose time ratios are given."""
    most: int = 100
    """How many runs it is given at most: minutes are measured well by a few."""


@dataclass
class Score:
    """What was measured of one contender."""

    contender: Contender
    times: list[float] = field(default_factory=list)
    """Seconds of each run."""
    peaks: list[int] = field(default_factory=list)
    """Bytes of each watched run."""

    @property
    def time(self) -> float:
        """The median in seconds."""
        return median(self.times)

    @property
    def peak(self) -> float:
        """The median in bytes, 0 when unknown."""
        return median(self.peaks) if self.peaks else 0


def cold(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter everybody."""
    return [Ours(ground, equipment, targets).cold(), *Peers(ground, equipment, targets).all()]


def idle(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter protoctl on a finished build."""
    ours = Ours(ground, equipment, targets)
    ours.build()
    return [ours.idle()]


def edit(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter protoctl on a finished build, of which one proto is changed before each run."""
    ours = Ours(ground, equipment, targets)
    ours.build()
    return [
        ours.edited("a field added to one proto", SERVICE, add_field),
        ours.edited("a comment added to one proto", SERVICE, add_comment),
        ours.edited("a field added to a proto that 120 import", SHARED, add_field),
    ]


BUILDS = (
    Race("cold-sample", "Cold build of the sample workspace", SAMPLE, cold, reference=1),
    Race("cold-cloudforet", "Cold build of the cloudforet tree", REAL, cold, reference=1),
    Race("idle-sample", "The sample workspace again, nothing changed", SAMPLE, idle),
    Race("idle-cloudforet", "The cloudforet tree again, nothing changed", REAL, idle),
    Race("edit-cloudforet", "The cloudforet tree again, one proto changed", REAL, edit),
)

COMPARISONS = (
    Race("compare-common", "googleapis-common-protos, every file edited", COMMON, compare_all, reference=2),
    Race("compare-cloudforet", "The cloudforet tree, every file edited", REAL, compare_all, reference=2),
    Race("compare-module", "The cloudforet tree, one of its modules edited", REAL, compare_one, reference=2),
    Race("compare-google", "All of google-proto-files, every file edited", GOOGLE, compare_all, reference=2, most=1),
    Race("compare-google-module", "google-proto-files, one module edited", GOOGLE, compare_one, reference=2, most=1),
)
RACES = (*BUILDS, *COMPARISONS)


def choose(wanted: Sequence[str]) -> list[Race]:
    """Give the races with these names whose corpus is here; all when none is named."""
    chosen = [race for race in RACES if race.name in wanted or not wanted]
    return [race for race in chosen if race.corpus is not REAL or CLOUDFORET.is_dir()]


def run(race: Race, equipment: Equipment, targets: Sequence[str], runs: int) -> list[Score]:
    """Measure each contender `runs` times for time and as often for memory, in turns."""
    ground = lay(find_corpus(race.corpus, equipment), WORK / race.name, equipment.foreign)
    scores = [Score(contender) for contender in race.enter(ground, equipment, targets)]
    for _ in range(min(runs, race.most)):
        for score in scores:
            score.contender.prepare()
            score.times.append(measure_time(score.contender.job))
            score.contender.check()
        for score in scores:
            score.contender.prepare()
            score.peaks.append(measure_memory(score.contender.job))
            score.contender.check()
    return scores
