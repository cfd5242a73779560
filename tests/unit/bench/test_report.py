"""Tables show medians, ratios to the reference, and no more than was measured."""

from __future__ import annotations

from pathlib import Path

from bench.contenders import Contender
from bench.corpora import SAMPLE
from bench.measure import Job
from bench.races import Race, Score
from bench.report import table

NOBODY = Job([], Path(), {})


def test_table() -> None:
    race = Race("cold", "Cold", SAMPLE, lambda *_: [], reference=1)
    scores = [
        Score(Contender("ours", NOBODY, aim=0.25), [3.0, 1.0, 2.0], [40_000_000, 60_000_000, 50_000_000]),
        Score(Contender("theirs", NOBODY), [4.0], []),
    ]
    assert table(race, scores).splitlines() == [
        "|        | seconds | fastest-slowest | ratio |  aim | peak MB |",
        "| ------ | ------: | --------------: | ----: | ---: | ------: |",
        "| ours   |    2.00 |       1.00-3.00 |  0.50 | 0.25 |      50 |",
        "| theirs |    4.00 |       4.00-4.00 |  1.00 |    - |       - |",
    ]
