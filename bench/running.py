"""Runs of contenders in turns."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.ground import lay
from bench.measure import measure
from bench.results import Kept, Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.contenders import Contender
    from bench.equipment import Equipment
    from bench.races import Race

LONG = 20.0
"""Seconds from which a run that is watched for memory counts for time as well."""


@dataclass
class Tally:
    """What was measured of one contender so far."""

    contender: Contender
    times: list[float] = field(default_factory=list)
    processors: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)
    last: float = 0
    """Seconds of the last run, with all that was done before and after it."""
    is_stopped: bool = False

    def run(self) -> None:
        """Run once more: first watched for memory, then for time."""
        start = time.perf_counter()
        self.contender.prepare()
        cost = measure(self.contender.job, is_watched=not self.peaks)
        is_time = bool(self.peaks) or cost.seconds >= LONG or cost.is_stopped
        if not self.peaks:
            self.peaks.append(0 if self.contender.is_elsewhere else cost.peak)
        if is_time:
            self.times.append(cost.seconds)
            self.processors.append(0 if self.contender.is_elsewhere else cost.processor)
        self.is_stopped = cost.is_stopped
        if not cost.is_stopped:
            self.contender.check()
        self.last = time.perf_counter() - start

    def wants(self, runs: int) -> bool:
        """Tell whether it has fewer runs than it is to have."""
        return not self.is_stopped and len(self.times) < runs

    def score(self) -> Score:
        """Give what is kept of it."""
        numbers = tuple(self.times), tuple(self.processors), tuple(self.peaks)
        return Score(self.contender.key, self.contender.name, *numbers, self.is_stopped)


def next_round(tallies: Sequence[Tally], runs: int, left: float) -> list[Tally]:
    """Give who runs once more: all who want to, when that takes no more than the seconds left, else who has no time."""
    wanting = [one for one in tallies if one.wants(runs)]
    return wanting if sum(one.last for one in wanting) < left else [one for one in wanting if not one.times]


def run(race: Race, equipment: Equipment, targets: Sequence[str], runs: int, facts: Sequence[str]) -> Kept:
    """Measure each contender once for memory and `runs` times for time, in turns, as far as the race's time allows.

    Raises AbsentError when something is missing here, UnfairError, and CalledProcessError.
    """
    ground = lay(race.corpus, equipment)
    chosen = [target for target in targets if target in race.targets] if race.targets else targets
    tallies = [Tally(contender) for contender in race.enter(ground, equipment, chosen)]
    start = time.perf_counter()
    due = tallies
    while due:
        for tally in due:
            tally.run()
        due = next_round(tallies, runs, race.seconds - (time.perf_counter() - start))
    scores = tuple(tally.score() for tally in tallies)
    return Kept(race.name, tuple(facts), len(ground.files), ground.modules, tuple(chosen), scores)
