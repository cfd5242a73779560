"""`python -m fuzz [--seconds N]`: fuzz every subject for its share of the time, and fail when one breaks its promise."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from fuzz.campaign import campaign
from fuzz.mutations import inputs
from fuzz.parsers import PARSERS
from fuzz.promise import hold, limit_memory

if TYPE_CHECKING:
    from fuzz.campaign import Report


def main() -> int:
    """Fuzz the chosen subjects, print a row for each and give the exit code."""
    arguments = parse()
    limit_memory()
    chosen = [parser for parser in PARSERS if not arguments.only or parser.name in arguments.only]
    faults = 0
    for parser in chosen:
        report = campaign(parser.name, inputs(parser), lambda data, it=parser: hold(it, data), arguments.seconds / len(chosen))
        print_report(report)
        faults += bool(report.fault)
    return 1 if faults else 0


def print_report(report: Report) -> None:
    """Print a row, and below it what was found."""
    sys.stdout.write(f"{report.subject:<16} {report.examples:>8} inputs {report.seconds:>8.1f} s\n{report.fault}")
    sys.stdout.flush()


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="for all subjects together; 0 is a fixed, small round")
    parser.add_argument("--only", action="append", metavar="SUBJECT", help="may be repeated; else all subjects")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
