"""Path patterns: `*` and `?` within one segment, `**` for any number of segments."""

from __future__ import annotations

import re
from functools import cache


@cache
def compile_glob(pattern: str) -> re.Pattern[str]:
    """Give a regular expression that matches a whole POSIX path.

    `a/**` matches everything below `a`, not `a` itself; `**/b` and `a/**/b` also match `b` and `a/b`.
    """
    *folders, last = [segment for segment in pattern.split("/") if segment] or [""]
    expression = "".join("(?:[^/]+/)*" if one == "**" else f"{translate_segment(one)}/" for one in folders)
    return re.compile(expression + ("(?:[^/]+/)*[^/]+" if last == "**" else translate_segment(last)), re.DOTALL)


def translate_segment(segment: str) -> str:
    """Give the regular expression for one segment; `**` within a segment is `*`."""
    parts = re.split(r"(\*+|\?)", segment)
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(part[:1], re.escape(part)) for part in parts if part)


def is_match(pattern: str, path: str) -> bool:
    """Tell whether the pattern matches the path or a folder above it."""
    segments = path.split("/")
    regex = compile_glob(pattern)
    return any(regex.fullmatch("/".join(segments[:end])) for end in range(1, len(segments) + 1))
