"""Findings written for people and programs, one file per format; found by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.finding import Finding


class Report(Protocol):
    """A format."""

    def render(self, findings: Sequence[Finding], proto_root: str) -> str:
        """Give the text without a final newline; `proto_root` is where the findings' files lie."""
        ...


def load_report(name: str) -> Report:
    """Give a format by the name of its file."""
    report: Report = import_module(f"{__name__}.{name}")
    return report
