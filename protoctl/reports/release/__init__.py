"""Releases written for people and programs, one file per format; found by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from protoctl.publishing.receipt import Receipt
    from protoctl.publishing.shipment import Shipment
    from protoctl.versioning.release_plan import ReleasePlan


@dataclass(frozen=True)
class ReleaseListing:
    """What a report is about."""

    plan: ReleasePlan
    """What was planned."""
    shipments: tuple[Shipment, ...]
    """What is released, or would be, in the order of publishing."""
    receipts: tuple[Receipt, ...]
    """What was delivered, in the same order; empty in a rehearsal."""
    is_rehearsal: bool
    """Whether nothing was written."""
    proto_root: str
    """The folder that files are below, relative to the workspace."""


class ReleaseReport(Protocol):
    """A format."""

    def render(self, listing: ReleaseListing) -> str:
        """Give the text without a final newline."""
        ...


def load_release_report(name: str) -> ReleaseReport:
    """Give a format by the name of its file: `json` or `text`."""
    report: ReleaseReport = import_module(f"{__name__}.{name}")
    return report
