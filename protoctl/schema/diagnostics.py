"""protoc's messages as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

LINE = re.compile(
    r"^(?:proto/)?(?P<file>[^:\n]+\.proto):(?:(?P<line>-?[0-9]{1,10}):(?P<column>-?[0-9]{1,10}):)? "
    r"(?P<warning>warning: )?(?P<message>.*)$"
)
MISSING = re.compile(r'Import "(?P<path>[^"]*)" was not found or had errors\.')
DEFINED = re.compile(r'"(?P<symbol>[^"]+)" is already defined in file "(?P<other>[^"]+)"\.')
PLACELESS = ("File not found.", "Backslashes, consecutive slashes,")
"""How messages begin that name an import as written, not a file; another message names the import statement."""
SCOPING_NOTE = "Note that enum values use C++ scoping rules"
"""protoc's advice after the clash of an enum value."""
UNDEFINED = re.compile(r'"(?P<symbol>[^"]+)" (?:is not defined|seems to be defined in|is resolved to)')
UNUSED = re.compile(r"Import (?P<path>\S+) is unused\.")
EDITIONS = "--experimental_editions"
"""What protoc 26 asks for, whose Python generator cannot be trusted with it."""
OLD_PROTOC = "this file uses editions, which protoc knows from a runtime floor of 5.27.2 on"
CYCLE = re.compile(r"File recursively imports itself: (?P<chain>.*)")


@dataclass(frozen=True)
class Diagnostic:
    """One message of protoc."""

    file: str
    """Path below the proto root."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    message: str
    """As protoc says it."""
    is_warning: bool
    """Whether the file compiles all the same."""

    @cached_property
    def missing_import(self) -> str:
        """The import that failed, or nothing."""
        found = MISSING.match(self.message)
        return found["path"] if found else ""

    @cached_property
    def clashing_symbol(self) -> str:
        """The symbol that another file defines too, or nothing."""
        found = DEFINED.match(self.message)
        return found["symbol"] if found else ""

    @cached_property
    def undefined_name(self) -> str:
        """The name, as written, that stands for nothing that is imported, or nothing."""
        found = UNDEFINED.match(self.message)
        return found["symbol"] if found else ""

    @property
    def is_about_clash(self) -> bool:
        """Whether the file is sound but for a symbol that another file defines too."""
        return bool(self.clashing_symbol) or self.message.startswith(SCOPING_NOTE)


def read_diagnostics(stderr: str) -> list[Diagnostic]:
    """Give the messages that name a proto, in order, each once."""
    found: dict[Diagnostic, None] = {}
    for line in stderr.split("\n"):  # messages quote strings of protos, which hold what else ends a line for Python
        match = LINE.match(line)
        if match and not match["message"].startswith(PLACELESS):
            message = OLD_PROTOC if EDITIONS in match["message"] else match["message"]
            position = [max(int(match[name] or 1), 1) for name in ("line", "column")]
            diagnostic = Diagnostic(match["file"], position[0], position[1], message, is_warning=bool(match["warning"]))
            found[diagnostic] = None
    return list(found)


def by_file(diagnostics: list[Diagnostic]) -> dict[str, list[Diagnostic]]:
    """Give file → its messages, each once, in order."""
    groups: dict[str, list[Diagnostic]] = {}
    for one in dict.fromkeys(diagnostics):
        groups.setdefault(one.file, []).append(one)
    return groups
