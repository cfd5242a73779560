"""Release plans written for people and programs, one file per format; found by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from protoctl.versioning.release_plan import ReleasePlan


@dataclass(frozen=True)
class PlanListing:
    """What a report is about."""

    plan: ReleasePlan
    """Modules in the order of publishing."""
    proto_root: str
    """The folder that files are below, relative to the workspace."""


class PlanReport(Protocol):
    """A format."""

    def render(self, listing: PlanListing) -> str:
        """Give the text without a final newline."""
        ...


def load_plan_report(name: str) -> PlanReport:
    """Give a format by the name of its file: `json`, `markdown` or `text`."""
    report: PlanReport = import_module(f"{__name__}.{name}")
    return report
