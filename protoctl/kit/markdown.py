"""Text of strangers in Markdown: shown as it is, whatever it looks like.

GitHub reads more than CommonMark (https://github.github.com/gfm/): it links bare addresses and issues, and mentions
people, who are told of it. A zero-width space within such a word keeps it a word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from protoctl.kit.text import plural, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Entry = TypeVar("Entry")
LIMIT = 60_000
"""Bytes; a comment holds 65,536 characters, and whoever posts it may add something."""

BREAKER = "&#8203;"
"""A zero-width space that survives every renderer."""
SPECIAL = re.compile(  # an underscore within a word is plain already
    r"(?P<entity>&)"
    r"|(?P<markup>[\\`*\[\]|~$]|<(?=[A-Za-z/!?])|(?<![^\W_])_|_(?![^\W_])|^[-+=>])"
    r"|^[0-9]+(?=[.)](?:\s|$))|[@#]|:(?=//|[a-z0-9_+-]+:)|(?i:\b(?:www(?=\.)|gh-(?=[0-9])))"
)


def escape(text: str) -> str:
    """Give one line of Markdown that shows a text and nothing else: no markup, links, HTML, mentions or line feeds."""
    return SPECIAL.sub(make_plain, printable(text).strip())


def make_plain(match: re.Match[str]) -> str:
    """Give what shows as the match."""
    found = match.group()
    if match["entity"]:
        return "&amp;"
    return f"\\{found}" if match["markup"] else f"{found}{BREAKER}"


def code(text: str) -> str:
    """Give a code span that shows a text without blanks around it, not for tables; nothing for no text."""
    line = printable(text).strip()
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Give the lines of a table; cells are Markdown without line feeds."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def fold(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """Give lines that GitHub shows only when asked; the summary is plain text of ours."""
    yield from ("<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>")


def shorten(text: str, most: int = 300) -> str:
    """Give printable text of at most so many characters, an ellipsis where it was cut."""
    line = printable(text[: most + 1])
    return line if len(line) <= most else f"{line[: most - 1]}…"


def cut(entries: Sequence[Entry], most: int, noun: str, write: Callable[[Entry], str]) -> Iterator[str]:
    """Give at most so many entries as the items that `write` makes of them, and how many more there are."""
    yield from map(write, entries[:most])
    left = len(entries) - most
    if left > 0:
        yield f"- … and {plural(left, noun)} more"


def fit(compose: Callable[[int], Iterable[str]], steps: Sequence[int] = (1000, 300, 100, 30, 10, 3, 0)) -> str:
    """Give the lines of the longest form of a composition that a comment on GitHub can hold, else of its shortest.

    `compose` takes how long lists may be.
    """
    for most in steps:
        lines = take(compose(most))
        if lines is not None:
            return "\n".join(lines)
    return "\n".join(compose(steps[-1]))


def take(lines: Iterable[str]) -> list[str] | None:
    """Give the lines, or nothing as soon as they are too many."""
    taken: list[str] = []
    room = LIMIT
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            return None
        taken.append(line)
    return taken
