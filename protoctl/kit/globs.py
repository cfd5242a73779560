"""Path patterns: `*` and `?` within one segment, `**` for any number of segments."""

from __future__ import annotations

import re
from functools import cache


@cache
def compile_glob(pattern: str) -> re.Pattern[str]:
    """Give a regular expression that matches a whole POSIX path."""
    expression = ""
    for segment in pattern.strip("/").split("/"):
        if segment == "**":
            expression += r"(?:[^/]+/)*"
        else:
            expression += "".join(translate_character(character) for character in segment) + "/"
    if pattern.endswith("**"):
        return re.compile(f"{expression}[^/]+")
    return re.compile(expression.removesuffix("/"))


def translate_character(character: str) -> str:
    """Give the regular expression for one character of a segment."""
    return {"*": "[^/]*", "?": "[^/]"}.get(character) or re.escape(character)


def is_match(pattern: str, path: str) -> bool:
    """Tell whether the pattern matches the path or a folder above it."""
    segments = path.split("/")
    regex = compile_glob(pattern)
    return any(regex.fullmatch("/".join(segments[:end])) for end in range(1, len(segments) + 1))
