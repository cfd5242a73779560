"""protoc's messages as values, and as findings that say each thing once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.model.finding import Finding, Severity, by_place

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

LINE = re.compile(
    r"^(?:proto/)?(?P<file>[^:\n]+\.proto):(?:(?P<line>-?\d+):(?P<column>-?\d+):)? "
    r"(?P<warning>warning: )?(?P<message>.*)$"
)
MISSING = re.compile(r'Import "(?P<path>[^"]*)" was not found or had errors\.')
DEFINED = re.compile(r'"(?P<symbol>[^"]+)" is already defined in file "(?P<other>[^"]+)"\.')
UNUSED = re.compile(r"Import (?P<path>\S+) is unused\.")
UNDEFINED = re.compile(r'"(?P<symbol>[^"]+)" (?:is not defined|seems to be defined in)')
LIMIT = 1000
"""Findings of one file; a binary file can raise a message for each byte."""


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
    def is_consequence(self) -> bool:
        """Whether the message may be due to an import that failed."""
        return bool(self.missing_import or UNDEFINED.match(self.message))


def read_diagnostics(stderr: str) -> list[Diagnostic]:
    """Give the messages that name a proto, in order, each once."""
    found: dict[Diagnostic, None] = {}
    for line in stderr.splitlines():
        match = LINE.match(line)
        if match:
            position = [max(int(match[name] or 1), 1) for name in ("line", "column")]
            diagnostic = Diagnostic(
                match["file"], position[0], position[1], match["message"], is_warning=bool(match["warning"])
            )
            found[diagnostic] = None
    return list(found)


def to_findings(diagnostics: Iterable[Diagnostic], own: Container[str]) -> tuple[Finding, ...]:
    """Give a finding for each cause, sorted by place.

    Left out: messages about files of others, `File not found` beside the import that says the same, members of a
    symbol that is defined twice, and unknown names in a file one of whose imports failed.
    """
    kept: dict[str, list[Diagnostic]] = {}
    for diagnostic in dict.fromkeys(diagnostics):
        if diagnostic.file in own:
            kept.setdefault(diagnostic.file, []).append(diagnostic)
    findings = [finding for group in kept.values() for finding in file_findings(group, own)]
    return tuple(sorted(findings, key=by_place))


def file_findings(group: list[Diagnostic], own: Container[str]) -> list[Finding]:
    """Give the findings for the messages of one file."""
    symbols = {found["symbol"] for one in group if (found := DEFINED.match(one.message))}
    failed = [one for one in group if one.missing_import]
    findings = []
    for one in group[:LIMIT]:
        if one.missing_import in own:
            continue
        if UNDEFINED.match(one.message) and (failed or symbols):
            continue
        defined = DEFINED.match(one.message)
        if defined and any(defined["symbol"].startswith(f"{outer}.") for outer in symbols):
            continue
        findings.append(to_finding(one))
    return findings


def to_finding(diagnostic: Diagnostic) -> Finding:
    """Name the rule that a message belongs to."""
    message = diagnostic.message.removesuffix(".")
    rule, severity = "compile", Severity.ERROR
    defined, unused = DEFINED.match(diagnostic.message), UNUSED.match(diagnostic.message)
    if diagnostic.missing_import:
        rule, message = "import-missing", f'import "{diagnostic.missing_import}" is not in the workspace or its dependencies'
    elif defined:
        rule, message = "symbol-clash", f"{defined['symbol']} is already defined in {defined['other']}"
    elif unused:
        rule, message, severity = "import-unused", f'import "{unused["path"]}" is not used', Severity.WARNING
    elif diagnostic.is_warning:
        rule, severity = "compile-warning", Severity.WARNING
    return Finding(diagnostic.file, diagnostic.line, diagnostic.column, rule, message, severity)
