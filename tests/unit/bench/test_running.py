"""Everybody gets the same number of runs, as many as there is time for, and one at least."""

from __future__ import annotations

from pathlib import Path

from bench.contenders import Contender
from bench.measure import Job
from bench.running import Tally, next_round


def tally(*times: float, last: float = 1, is_stopped: bool = False) -> Tally:
    """Give what was measured of a contender so far."""
    return Tally(Contender("key", "name", Job([], Path(), {})), list(times), last=last, is_stopped=is_stopped)


def test_all_run_again_while_there_is_time() -> None:
    tallies = [tally(1.0), tally(1.0)]
    assert next_round(tallies, runs=2, left=3) == tallies
    assert next_round(tallies, runs=2, left=2) == []
    assert next_round(tallies, runs=1, left=3) == []


def test_who_has_no_time_yet_runs_in_any_case() -> None:
    unknown = tally()
    assert next_round([tally(30.0, last=30), unknown], runs=5, left=0) == [unknown]


def test_who_was_stopped_runs_no_more() -> None:
    assert next_round([tally(1.0, is_stopped=True)], runs=5, left=100) == []


def test_the_first_run_is_watched_and_counts_for_time_only_when_it_takes_long(tmp_path: Path) -> None:
    short = Tally(Contender("key", "name", Job([["true"]], tmp_path, {"PATH": "/usr/bin:/bin"})))
    short.run()
    assert (len(short.peaks), short.times) == (1, [])
    short.run()
    assert (len(short.peaks), len(short.times)) == (1, 1)
