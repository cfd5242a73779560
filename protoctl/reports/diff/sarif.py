"""SARIF 2.1.0 of breaks; what breaks nobody needs no mark beside its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.model.change import Change
from protoctl.model.finding import Finding
from protoctl.reports import Listing, sarif

if TYPE_CHECKING:
    from protoctl.reports.diff import DiffListing, Row


def render(listing: DiffListing) -> str:
    """Give a log with one run: every rule with its sentence, and an error for each break, inherited ones once."""
    rows = [row for module in listing.modules for row in listing.rows(module)]
    breaks = dict.fromkeys(as_finding(listing, row) for row in rows if row.change is Change.MAJOR)
    return sarif.render(Listing(tuple(breaks), "", listing.sentences))


def as_finding(listing: DiffListing, row: Row) -> Finding:
    """Give a break as a finding; its file is relative to the workspace."""
    one, path = row.difference, listing.path(row, row.difference.now)
    message = f"{one.message}; instead: {one.remedy}" if one.remedy else one.message
    return Finding(path, one.now.line, one.now.column, one.rule, message)
