"""Import statements, read from text before anything is compiled.

The compiler is the judge of imports; this reader serves where no compiled schema exists yet: to detect a tree in
`init`, and to know which files cannot compile because of another.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""
    //[^\n]* | /\*.*?\*/                                   # comments
  | (?P<import>\bimport\s+(?:public\s+|weak\s+|option\s+)?(?P<path>"[^"\n]*"|'[^'\n]*')\s*;)
  | (?P<package>\bpackage\s+(?P<name>[A-Za-z_][\w.\s]*?)\s*;)
  | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'             # strings
    """,
    re.VERBOSE | re.DOTALL,
)


class Import(NamedTuple):
    """One import statement."""

    path: str
    """As written."""
    line: int
    """From 1."""


def read_imports(text: str) -> list[Import]:
    """Give the imports of a proto in file order."""
    return [
        Import(found["path"][1:-1], text.count("\n", 0, found.start()) + 1)
        for found in TOKEN.finditer(text)
        if found["import"]
    ]


def read_proto_package(text: str) -> str:
    """Give the name that the first package statement declares, or nothing."""
    return next((re.sub(r"\s", "", found["name"]) for found in TOKEN.finditer(text) if found["package"]), "")
