"""What a rule says about a place in the protos."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """What a finding means for a build."""

    ERROR = "error"
    """Nothing is built."""
    WARNING = "warning"
    """Packages are built; `check` still exits 1."""


@dataclass(frozen=True)
class Finding:
    """One problem at one place."""

    file: str
    """Path below the proto root, or of the configuration file."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    rule: str
    """The rule's identifier, like `import-unused`."""
    message: str
    """One sentence without a full stop."""
    severity: Severity = Severity.ERROR
    """Whether it forbids a build."""

    def __str__(self) -> str:
        """Give `file:line:column: message (rule)`, clickable in terminals and editors."""
        return f"{self.file}:{self.line}:{self.column}: {self.message} ({self.rule})"


def by_place(finding: Finding) -> tuple[str, int, int, str, str]:
    """Give the key that sorts findings for reports."""
    return (finding.file, finding.line, finding.column, finding.rule, finding.message)
