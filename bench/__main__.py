"""`python -m bench`: measure and print; a full run also writes `bench/RESULTS.md`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bench.equipment import equip
from bench.races import RACES, choose, run
from bench.report import facts, render
from protoctl.targets import target_names

RESULTS = Path(__file__).with_name("RESULTS.md")
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
    text = render(scores, facts(equipment.lock, version, targets), arguments.runs)
    print(text)
    if len(scores) == len(RACES) and arguments.runs >= ENOUGH and not arguments.target:
        RESULTS.write_text(text)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=f"A full run of {ENOUGH} writes {RESULTS.name}."
    )
    names = [race.name for race in RACES]
    parser.add_argument("--only", action="append", default=[], choices=names, help="may be repeated; else all")
    parser.add_argument("--runs", type=int, default=ENOUGH, help="of each contender, for time and for memory")
    parser.add_argument("--target", action="append", choices=target_names(), help="may be repeated; else all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
