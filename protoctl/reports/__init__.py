"""Findings written for people and programs, one file per format; found by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.finding import Finding


@dataclass(frozen=True)
class Listing:
    """What a report is about."""

    findings: tuple[Finding, ...]
    """In report order."""
    proto_root: str
    """The folder that the findings' files are below, relative to the workspace."""
    sentences: Mapping[str, str]
    """Id of every rule to what it asks for."""

    def path(self, finding: Finding) -> str:
        """Give the finding's file relative to the workspace."""
        return str(PurePosixPath(self.proto_root, finding.file))


class Report(Protocol):
    """A format."""

    def render(self, listing: Listing) -> str:
        """Give the text without a final newline."""
        ...


def load_report(name: str) -> Report:
    """Give a format by the name of its file."""
    report: Report = import_module(f"{__name__}.{name}")
    return report
