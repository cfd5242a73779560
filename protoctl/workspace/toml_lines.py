"""Which line of a TOML text holds a key; the standard reader gives no positions."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STATEMENT_LIMIT = 500
"""Lines that one value may take; the lines of a longer one are passed over."""
WORK_LIMIT = 1 << 22
"""Characters that are read in the search for ends of statements; a text that takes more is looked at no further."""
UNFINISHED = "(at end of document)"
"""How the reader's message ends when more lines may complete a statement."""


class Statement(NamedTuple):
    """A table header, or a key with its value."""

    line: int
    """Where it begins, from 1."""
    is_header: bool
    """Whether it is `[a.b]` or `[[a.b]]`."""
    is_repeated: bool
    """Whether it is `[[a.b]]`, one table of a list."""
    value: dict[str, Any]
    """What it says, read alone."""


def locate(text: str, keys: Sequence[str]) -> int:
    """Give the line of the statement that says most of a path of keys, or 1; tables of a list are counted from 0."""
    best, best_depth = 1, 0
    table: list[str] = []
    counts: Counter[tuple[str, ...]] = Counter()
    for statement in statements(text):
        if statement.is_header:
            table = header_path(statement.value)
            if statement.is_repeated:
                counts[tuple(table)] += 1
                table = [*table, str(counts[tuple(table)] - 1)]
            whole = table[:-1] if statement.is_repeated and len(keys) < len(table) else table
            depth = len(whole) if whole == list(keys[: len(whole)]) else 0
        elif table == list(keys[: len(table)]):
            inner = common_depth(statement.value, keys[len(table) :])
            depth = len(table) + inner if inner else 0
        else:
            continue
        if depth > best_depth:
            best, best_depth = statement.line, depth
    return best


def statements(text: str) -> Iterator[Statement]:
    """Give the statements of a text that is valid TOML, each read alone; a text made to take time is left half-way."""
    lines = text.split("\n")
    start = work = 0
    while start < len(lines) and work < WORK_LIMIT:
        end, value, read = read_statement(lines, start)
        work += read
        if value:
            text = lines[start].lstrip()
            yield Statement(start + 1, text.startswith("["), text.startswith("[["), value)
        start = end


def read_statement(lines: Sequence[str], start: int) -> tuple[int, dict[str, Any], int]:
    """Give the index after the statement that begins at a line, what it says, and how many characters that took."""
    read = 0
    for end in range(start + 1, min(start + STATEMENT_LIMIT, len(lines)) + 1):
        text = "\n".join(lines[start:end])
        read += len(text)
        try:
            return end, tomllib.loads(text), read
        except (ValueError, RecursionError) as error:  # text within a long string can be anything
            if not str(error).endswith(UNFINISHED):
                break
    return start + 1, {}, read


def header_path(value: Any) -> list[str]:  # noqa: ANN401  whatever TOML can say
    """Give the keys of a header that was read alone."""
    path: list[str] = []
    while value:
        if isinstance(value, dict):
            path += value
            value = next(iter(value.values()))
        else:
            value = value[0]
    return path


def common_depth(value: Any, keys: Sequence[str]) -> int:  # noqa: ANN401  whatever TOML can say
    """Give how many of the keys lead into a value."""
    depth = 0
    while depth < len(keys) and isinstance(value, dict) and keys[depth] in value:
        value = value[keys[depth]]
        depth += 1
    return depth
