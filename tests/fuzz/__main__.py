"""`python -m fuzz [--seconds N]`: fuzz every subject for its share of the time, and fail when one breaks a promise."""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from fuzz.builds import Ground, judge
from fuzz.campaign import campaign
from fuzz.compatibility import judge_pairs
from fuzz.guided import guide, is_available
from fuzz.mutations import inputs
from fuzz.parsers import PARSERS
from fuzz.promise import hold
from fuzz.protos import batches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fuzz.campaign import Report

BUILDS = "builds"
"""A subject that is no parser: workspaces of random protos."""
COMPARISON = "comparison"
"""The other one: random edits of random schemas."""
PAIRS = 100
"""Edits that are judged in one go."""
FILES = 12
"""Protos of one workspace."""
SLICE = 40, 3
"""How many inputs of each parser, and how many workspaces, are tried when no time is given."""


def main() -> int:
    """Fuzz the chosen subjects, print a row for each and give the exit code."""
    arguments = parse()
    names = arguments.only or [*(parser.name for parser in PARSERS), BUILDS, COMPARISON]
    if not is_available():
        sys.stdout.write("atheris has no wheel for this Python; hypothesis fuzzes alone\n")
    faults = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        for report in fuzz(names, arguments.seconds, Path(scratch)):
            print_report(report)
            faults += bool(report.fault)
    return 1 if faults else 0


def fuzz(names: list[str], seconds: float, scratch: Path) -> Iterator[Report]:
    """Give a report on each subject; builds, the comparison and all parsers together get as much time as each other."""
    parsers = [parser for parser in PARSERS if parser.name in names]
    part = seconds / max(sum([BUILDS in names, COMPARISON in names, bool(parsers)]), 1)
    share = part / max(len(parsers), 1)
    for parser in parsers:
        if seconds and is_available():
            yield guide(parser.name, share / 2, scratch)
            yield campaign(parser.name, inputs(parser), partial(hold, parser), share / 2)
        else:
            yield campaign(parser.name, inputs(parser), partial(hold, parser), share, size=SLICE[0])
    if BUILDS in names:
        folder = scratch / BUILDS
        folder.mkdir()
        ground = Ground(folder)
        size = 10 if seconds else SLICE[1]  # the first of each round is the simplest
        yield campaign(BUILDS, batches(FILES), partial(judge, ground), part, size=size)
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(ground.codes.items()))
        sys.stdout.write(f"builds by exit code: {codes}; {ground.built} wheels were loaded\n")
    if COMPARISON in names:
        starts = st.integers(0, 1 << 40).map(lambda start: range(start, start + PAIRS))
        yield campaign(COMPARISON, starts, judge_pairs, part, size=5 if seconds else 1)


def print_report(report: Report) -> None:
    """Print a row, and below it what was found."""
    sys.stdout.write(f"{report.subject:<26} {report.examples:>9} inputs {report.seconds:>8.1f} s\n{report.fault}")
    sys.stdout.flush()


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=main.__doc__)
    help_text = "for all subjects together; 0 tries few inputs, always the same"
    parser.add_argument("--seconds", type=float, default=600, help=help_text)
    parser.add_argument("--only", action="append", metavar="SUBJECT", help="may be repeated; else all subjects")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
