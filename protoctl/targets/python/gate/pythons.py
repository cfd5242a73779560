"""The interpreters that packages are tried on."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import cache

from packaging.specifiers import SpecifierSet

from protoctl.kit import process

PROBE = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
NEWEST_KNOWN = 20
"""Minor versions of Python 3 that are looked for; names beyond it are not."""
OLDEST_KNOWN = 9
SECONDS = 30


@dataclass(frozen=True)
class Interpreter:
    """A Python of this machine."""

    path: str
    version: str
    """Like `3.11.7`."""


def find_pythons(requires: str) -> list[Interpreter]:
    """Give the Pythons on the PATH, and the running one, that fit a `Requires-Python`; oldest first, one per minor."""
    named = (shutil.which(f"python3.{minor}") for minor in range(OLDEST_KNOWN, NEWEST_KNOWN))
    found: dict[tuple[int, int], Interpreter] = {}
    for path in (sys.executable, *filter(None, named)):
        version = probe(path)
        if version and version in SpecifierSet(requires):
            major, minor, *_ = map(int, version.split("."))
            found.setdefault((major, minor), Interpreter(path, version))
    return [found[version] for version in sorted(found)]


@cache
def probe(path: str) -> str:
    """Give the version that an interpreter tells, nothing when it does not work; each is asked once."""
    try:
        done = process.run([path, "-I", "-S", "-c", PROBE], timeout=SECONDS)
    except (OSError, TimeoutError):
        return ""
    return "" if done.returncode else done.stdout.decode().strip()
