"""What a rule is, and what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.workspace import Workspace
    from protoctl.schema.view import Path, Schema


@dataclass(frozen=True)
class Rule:
    """A rule as data."""

    id: str
    """Unique over all files, like `file-owned`."""
    sentence: str
    """What the rule asks for, for documentation and SARIF."""
    severity: Severity = Severity.ERROR
    """Whether a finding forbids a build."""

    def at(self, context: Context, file: str, location: Path, message: str) -> Finding:
        """Give a finding at an element of a file."""
        place = context.schema.place(file, location)
        return Finding(file, place.line, place.column, self.id, message, self.severity)


@dataclass(frozen=True)
class Context:
    """What every rule sees."""

    workspace: Workspace
    """Sources, modules, and what belongs to none."""
    schema: Schema
    """Of the files that compile."""
    imports: Mapping[str, tuple[str, ...]]
    """Path of every own proto to what its text imports, also of those that do not compile."""
    foreign: frozenset[str]
    """Paths of the protos that other distributions provide."""
