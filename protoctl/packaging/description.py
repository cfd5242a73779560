"""Words about a module, taken from its comments and made safe for one line of metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from protoctl.schema.view import PACKAGE, SERVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.schema.view import Schema

SYNTAX = 12
EDITION = 14
"""Field numbers of `syntax` and `edition` in FileDescriptorProto."""
LENGTH = 300
"""Characters; indexes show about as many."""


def describe(schema: Schema, files: Sequence[str]) -> str:
    """Give one line: the comment of a package statement, else of a file or service, else the packages' names."""
    places: list[tuple[str, tuple[int, ...]]] = [
        (path, (number,)) for number in (PACKAGE, SYNTAX, EDITION) for path in files
    ]
    places += [(path, (SERVICE, 0)) for path in files]
    for path, location in places:
        line = one_line(schema.comment(path, location))
        if line and not is_legal(line):
            return line
    packages = sorted({schema.files[path].package for path in files} - {""})
    return one_line(f"Stubs of {', '.join(packages) or 'Protocol Buffers'}")


def one_line(text: str) -> str:
    """Give the first paragraph on one line of printable characters, cut at a word."""
    paragraph = re.split(r"\n\s*\n", text.strip(), maxsplit=1)[0]
    words = "".join(character if character.isprintable() else " " for character in paragraph).split()
    line = " ".join(words)
    return line if len(line) <= LENGTH else line[:LENGTH].rpartition(" ")[0] + " …"


def is_legal(line: str) -> bool:
    """Tell whether a line is a notice of rights or for a tool, which describes nothing."""
    return bool(re.match(r"(?i)(copyright|\(c\)|licensed|spdx-|©|buf:|eslint|clang-format)", line))


def escape_markdown(line: str) -> str:
    """Give a line that Markdown shows as it is written (spec.commonmark.org, 2.4): no list, fence, entity or tag."""
    escaped = "".join(f"\\{character}" if character in "\\`*_{}[]<>#|!~&" else character for character in line)
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", escaped)
