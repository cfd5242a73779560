"""`python -m bench`: measure and print; a full run also writes `bench/RESULTS.md` and `bench/COMPARING.md`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bench.equipment import equip
from bench.races import BUILDS, COMPARISONS, RACES, choose, run
from bench.report import COMPARING, EXPLANATION, facts, render
from protoctl.targets import target_names

DOCUMENTS = {
    Path(__file__).with_name("RESULTS.md"): (BUILDS, EXPLANATION),
    Path(__file__).with_name("COMPARING.md"): (COMPARISONS, COMPARING),
}
"""What is written, the races that are in it, and what it says about them."""
ENOUGH = 5
"""Runs from which a full run's results are kept."""


def main() -> None:
    """Run the chosen races."""
    arguments = parse()
    targets = arguments.target or target_names()
    equipment = equip()
    scores = {}
    races = choose(arguments.only)
    for race in RACES:
        if race in races:
            print(f"{race.name} …", file=sys.stderr)
            scores[race] = run(race, equipment, targets, arguments.runs)
        elif not arguments.only or race.name in arguments.only:
            print(f"{race.name} is left out: its corpus is not here", file=sys.stderr)
    version = subprocess.run([equipment.buf, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    for path, (group, explanation) in DOCUMENTS.items():
        run_races = {race: score for race, score in scores.items() if race in group}
        text = render(run_races, facts(equipment.lock, version, targets), explanation.format(runs=arguments.runs))
        if run_races:
            print(text)
        if len(run_races) == len(group) and arguments.runs >= ENOUGH and not arguments.target:
            path.write_text(text)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=f"A full run of {ENOUGH} writes its tables into this folder."
    )
    names = [race.name for race in RACES]
    parser.add_argument("--only", action="append", default=[], choices=names, help="may be repeated; else all")
    parser.add_argument("--runs", type=int, default=ENOUGH, help="of each contender, for time and for memory")
    parser.add_argument("--target", action="append", choices=target_names(), help="may be repeated; else all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
