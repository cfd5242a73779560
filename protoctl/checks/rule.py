"""What a rule is, and what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.kit.globs import is_match
from protoctl.model.finding import Finding, Severity
from protoctl.workspace.imports import read_proto_package

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.workspace import Workspace
    from protoctl.schema.view import Path, Schema

NAME = 1
"""The field number of `name` in the descriptors of messages, fields, oneofs, enums, values, services and methods."""


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
        """Give a finding at an element of a file that compiles."""
        place = context.schema.place(file, location)
        return self.on(file, place.line, place.column, message)

    def on(self, file: str, line: int, column: int, message: str) -> Finding:
        """Give a finding at a position, also of a file that does not compile."""
        return Finding(file, line, column, self.id, message, self.severity)


@dataclass(frozen=True)
class Context:
    """What every rule sees."""

    workspace: Workspace
    """Sources, modules, and what belongs to none."""
    schema: Schema
    """Of the files that compile."""
    imports: Mapping[str, tuple[str, ...]]
    """Path of every own proto to what its text imports, also of those that do not compile."""
    foreign: Mapping[str, bytes]
    """Protos that other distributions provide, by path."""

    @cached_property
    def texts(self) -> dict[str, str]:
        """Path of every own proto to its text."""
        return {path: data.decode() for path, data in self.workspace.sources.files.items()}

    @cached_property
    def foreign_packages(self) -> dict[str, str]:
        """Every proto_package of other distributions to one of their files."""
        packages = {read_proto_package(data.decode(errors="replace")): path for path, data in self.foreign.items()}
        return {package: path for package, path in packages.items() if package}

    def distribution_of(self, path: str) -> str:
        """Give the distributions that `[dependencies]` names for a foreign path, or all that it names."""
        owners = self.workspace.configuration.dependencies.items()
        named = {owner.distribution for pattern, owner in owners if is_match(pattern, path)}
        return " or ".join(sorted(named or {owner.distribution for _, owner in owners}))
