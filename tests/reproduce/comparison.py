"""Two folders compared byte by byte, and differences explained."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

REPORT_LIMIT = 20_000
"""Characters of an explanation; diffoscope can say megabytes."""
SECONDS = 300
"""How long diffoscope may look at one pair of files."""


def differing(one: Path, other: Path) -> list[str]:
    """Give the paths of files that are in one folder only, or differ; sorted."""
    left, right = contents(one), contents(other)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))


def contents(folder: Path) -> dict[str, bytes]:
    """Give path to content of every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def explain(one: Path, other: Path) -> str:
    """Say which files differ and, where diffoscope is installed, how the first of them do; nothing when none does."""
    paths = differing(one, other)
    if not paths:
        return ""
    lines = [f"differs: {path}" for path in paths]
    program = shutil.which("diffoscope")
    if not program:
        return "\n".join([*lines, "hint: install diffoscope to see how"])
    both = [path for path in paths if (one / path).is_file() and (other / path).is_file()]
    said = [compare(program, one / path, other / path) for path in sorted(both, key=is_manifest)[:2]]
    return "\n".join([*lines, *said])


def is_manifest(path: str) -> bool:
    """Tell whether a file only repeats the digests of the others."""
    return path == "manifest.json"


def compare(program: str, one: Path, other: Path) -> str:
    """Give what diffoscope says about two files."""
    argv = [program, "--text=-", "--no-progress", "--exclude-directory-metadata=yes", str(one), str(other)]
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False)
    return (done.stdout or done.stderr)[:REPORT_LIMIT]
