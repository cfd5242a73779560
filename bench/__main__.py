"""`python -m bench`: measure, keep what was measured, and write `RESULTS.md` and `COMPARING.md` of all that is kept."""

from __future__ import annotations

import argparse
import sys
import time
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

from bench.contenders import AbsentError, UnfairError
from bench.document import redraw
from bench.equipment import equip
from bench.races import RACES
from bench.report import facts
from bench.results import save
from bench.running import run
from protoctl.targets import target_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.equipment import Equipment
    from bench.races import Race

ENOUGH = 5
"""Runs for time where a race has time for them."""
MINUTES = 23
"""After which no race begins, so that a full run ends soon after."""


def main() -> int:
    """Run the chosen races; give 1 when one of them failed."""
    arguments = parse()
    chosen = [race for race in RACES if not arguments.only or race.name in arguments.only]
    failed = not arguments.redraw and not run_all(chosen, arguments.runs, 60 * arguments.minutes)
    print(redraw())
    return int(failed)


def run_all(races: Sequence[Race], runs: int, seconds: float) -> bool:
    """Run races in their order, none of which begins when the time is over; give whether none failed."""
    equipment = equip()
    said, is_well, start = facts(equipment), True, time.perf_counter()
    for race in races:
        if time.perf_counter() - start > seconds:
            print(f"{race.name} is left out: there is no time left", file=sys.stderr)
        else:
            is_well &= attempt(race, equipment, runs, said)
    return is_well


def attempt(race: Race, equipment: Equipment, runs: int, said: Sequence[str]) -> bool:
    """Run a race and keep what it measures; give whether nothing failed."""
    print(f"{race.name} …", file=sys.stderr)
    start = time.perf_counter()
    try:
        save(run(race, equipment, target_names(), runs, said))
    except AbsentError as error:
        print(f"{race.name} is left out: {error}", file=sys.stderr)
    except (UnfairError, CalledProcessError) as error:
        words = getattr(error, "stderr", b"").decode(errors="replace")
        print(f"{race.name} failed: {error}\n{words}", file=sys.stderr)
        return False
    print(f"{race.name} took {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return True


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="The last run of each race is kept.")
    names = [race.name for race in RACES]
    parser.add_argument("--only", action="append", default=[], choices=names, help="may be repeated; else all")
    parser.add_argument("--runs", type=int, default=ENOUGH, help="of each contender, where its race has time for them")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="after which no race begins")
    parser.add_argument("--redraw", action="store_true", help="measure nothing, only write the documents")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
