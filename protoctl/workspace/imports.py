"""Statements at the head of a proto, read from text before anything is compiled.

The compiler is the judge of imports; this reader serves where no compiled schema exists: to detect a tree in
`init`, to know which files cannot compile because of another, and to check files that do not compile.
"""

from __future__ import annotations

import re
from typing import NamedTuple

COMMENT = r"(?> //[^\n]* | /\*.*?(?:\*/|\Z) )"
GAP = rf"(?: \s | {COMMENT} )*+"
"""What may stand between two words."""
LEADING = re.compile(rf"{GAP} (?P<statement>\b(?:syntax|edition)\b {GAP} =)?", re.VERBOSE | re.DOTALL)
WITHIN_NAME = re.compile(rf"\s | {COMMENT}", re.VERBOSE | re.DOTALL)
TOKEN = re.compile(
    rf"""
    {COMMENT}
  | (?P<import>\bimport\b {GAP} (?:(?:public|weak|option)\b {GAP})? (?P<path>"[^"\n]*"|'[^'\n]*') {GAP} ;)
  | (?P<package>\bpackage\b {GAP} (?P<name>[A-Za-z_]\w*(?: {GAP} \. {GAP} \w+)*) {GAP} ;)
  | "(?:\\.|[^"\\\n])*+"? | '(?:\\.|[^'\\\n])*+'?         # strings; what is not closed ends with its line
    """,
    re.VERBOSE | re.DOTALL,
)


class Import(NamedTuple):
    """One import statement."""

    path: str
    """As written."""
    line: int
    """From 1."""


class Package(NamedTuple):
    """A package statement."""

    name: str
    """What it declares, without spaces; empty when there is none."""
    line: int
    """From 1."""
    column: int
    """From 1."""


def read_imports(text: str) -> list[Import]:
    """Give the imports of a proto in file order."""
    imports = []
    line, counted = 1, 0
    for found in TOKEN.finditer(text):
        if found["import"]:
            line += text.count("\n", counted, found.start())  # from the last one on: files with 100,000 imports exist
            counted = found.start()
            imports.append(Import(found["path"][1:-1], line))
    return imports


def read_package(text: str) -> Package:
    """Give the first package statement and where it stands; without one, the first line."""
    found = next((found for found in TOKEN.finditer(text) if found["package"]), None)
    if not found:
        return Package("", 1, 1)
    line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
    return Package(WITHIN_NAME.sub("", found["name"]), line, column)


def read_proto_package(text: str) -> str:
    """Give the name that the first package statement declares, or nothing."""
    return read_package(text).name


def has_syntax(text: str) -> bool:
    """Tell whether the first statement says the syntax or the edition."""
    found = LEADING.match(text)
    return bool(found and found["statement"])


def is_blank(text: str) -> bool:
    """Tell whether a proto holds nothing but space and comments."""
    return LEADING.fullmatch(text) is not None and not has_syntax(text)
