"""`python -m replay SOURCE`: judge every two neighbouring tags of a repository of protos and write a report."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ProtoctlError
from protoctl.kit.digest import digest_json
from replay.campaign import Wish, replay
from replay.report import summary_of, to_json, to_markdown

if TYPE_CHECKING:
    from replay.pairs import Judged

WORK = Path(__file__).parents[2] / ".protoctl/replay"


def main() -> int:
    """Replay, write the reports and give the exit code: 1 when buf reports what we miss without a reason."""
    arguments = parse()
    work = arguments.work or WORK / digest_json(arguments.source)[:12]
    wish = Wish(arguments.sample, finals=arguments.finals, processes=arguments.processes)
    try:
        result = replay(arguments.source, work, wish, tell)
    except ProtoctlError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    report = to_markdown(result)
    (work / "report.md").write_text(report, "utf-8")
    (work / "report.json").write_text(json.dumps(to_json(result), indent=1), "utf-8")
    sys.stdout.write(summary_of(report))
    sys.stdout.write(f"Written: {work / 'report.md'} and report.json\n")
    return 1 if any(one.is_open for pair in result.pairs for one in pair.theirs) else 0


def tell(number: int, of: int, pair: Judged) -> None:
    """Print progress."""
    sys.stderr.write(f"{number}/{of} {pair.before} → {pair.after}: {pair.step}, computed {pair.change}\n")


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m replay", description=main.__doc__)
    parser.add_argument("source", help="a path, a bundle or an address that git can clone")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="judge N pairs spread evenly; else all")
    parser.add_argument("--finals", action="store_true", help="pass over pre-releases")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--work", type=Path, help="where what is known is kept, so that a run can be taken up again")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
