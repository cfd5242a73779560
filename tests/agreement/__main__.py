"""`python -m agreement CORPORA`: how far we agree with the corpora in a folder, and why not further."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import SHARED

from agreement.cases import read_breaking, read_semver
from agreement.verdicts import judge_breaking, judge_semver

if TYPE_CHECKING:
    from agreement.verdicts import Tally


def main() -> int:
    """Print a table for each corpus and give the exit code: 1 when something is missed without a reason."""
    parser = argparse.ArgumentParser(prog="python -m agreement", description=main.__doc__)
    parser.add_argument("corpora", nargs="?", type=Path, default=SHARED / "corpora")
    corpora = parser.parse_args().corpora
    with tempfile.TemporaryDirectory(prefix="agreement-") as scratch:
        folders = [Path(scratch) / name for name in ("semver", "breaking")]
        tallies = [judge_semver(read_semver(corpora), folders[0]), judge_breaking(read_breaking(corpora), folders[1])]
    for tally in tallies:
        sys.stdout.write(describe(tally))
    return 1 if any(tally.unused or not all(one.reason for one in tally.disagreements) for tally in tallies) else 0


def describe(tally: Tally) -> str:
    """Say how far we agree."""
    differing = {one.case for one in tally.disagreements}
    open_ones = [one for one in tally.disagreements if not one.reason]
    reasons = Counter(one.reason for one in tally.disagreements if one.reason)
    lines = [
        f"# {tally.name}: {tally.cases} cases, {tally.cases - len(differing)} agreed",
        f"{len(tally.disagreements)} disagreements, {len(open_ones)} without a reason",
        *(f"- {count} times: {reason}" for reason, count in reasons.most_common()),
        *(f"- OPEN {one.case}: {one.about}: they say {one.they}, we say {one.we}" for one in open_ones),
        *(f"- a reason that none needs: {name}" for name in tally.unused),
    ]
    return "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    sys.exit(main())
