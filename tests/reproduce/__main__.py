"""`python -m reproduce [WORKSPACE]`: build under every variation, compare, and fail when bytes differ."""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import REPOSITORY

from reproduce.circumstances import BuildError
from reproduce.trial import ABSENT, Trial
from reproduce.variations import VARIATIONS, Ground, python_variations

if TYPE_CHECKING:
    from reproduce.trial import Verdict


def main() -> int:
    """Run the variations, print the table and give the exit code: 1 when something differs or fails."""
    arguments = parse()
    chosen = [one for one in VARIATIONS if not arguments.only or one.name in arguments.only]
    pythons = [one for one in python_variations() if not arguments.only or one.name in arguments.only]
    faults = 0
    with tempfile.TemporaryDirectory(prefix="reproduce-") as scratch:
        Path(scratch).chmod(0o755)
        try:
            trial = Trial(Ground(arguments.workspace.resolve(), Path(scratch)))
        except BuildError as error:
            sys.stderr.write(f"{error}the reference cannot be built\n")
            return 1
        first = trial.together(chosen) if arguments.together else trial.each(chosen)
        for verdict in chain(first, trial.each(pythons)):
            print_verdict(verdict)
            faults += verdict.is_fault
    return 1 if faults else 0


def print_verdict(verdict: Verdict) -> None:
    """Print a row of the table, and below it how files differ."""
    reason = f" ({verdict.reason})" if verdict.result == ABSENT else ""
    sys.stdout.write(f"{verdict.name:<12} | {verdict.result}{reason} | {verdict.sentence}\n")
    if verdict.is_fault:
        sys.stdout.write(f"{verdict.reason.rstrip()}\n")
    sys.stdout.flush()


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m reproduce", description=main.__doc__)
    parser.add_argument("workspace", nargs="?", type=Path, default=REPOSITORY, help="else this repository's own")
    parser.add_argument("--only", action="append", metavar="NAME", help="may be repeated; else all variations")
    parser.add_argument("--together", action="store_true", help="all in one build, and each alone if that differs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
