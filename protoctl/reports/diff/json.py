"""The stable JSON of `diff --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protoctl.kit.json_text import json_text
from protoctl.model.change import Consumer

if TYPE_CHECKING:
    from protoctl.model.difference import Site
    from protoctl.reports.diff import DiffListing, ModuleDifferences, Row

FORMAT = 1


def render(listing: DiffListing) -> str:
    """Give `{"format", "modules": [{"module", "change", "findings": [{"rule", "file", "line", "effects", …}]}]}`.

    Lines and columns count from 1; `effects` are the consumers that count and for whom something can stop
    working, `impact` is what happens to each of the four.
    """
    rows = [module_row(listing, module) for module in listing.modules]
    return json_text({"format": FORMAT, "modules": rows})


def module_row(listing: DiffListing, module: ModuleDifferences) -> dict[str, Any]:
    """Give one module."""
    return {
        "module": module.module,
        "against": module.against or None,
        "change": str(listing.change(module)),
        "findings": [finding_row(listing, row) for row in listing.rows(module)],
    }


def finding_row(listing: DiffListing, row: Row) -> dict[str, Any]:
    """Give one difference."""
    difference = row.difference
    return {
        "rule": difference.rule,
        **place(listing, row, difference.now),
        "element": difference.element,
        "message": difference.message,
        "change": str(row.change),
        "effects": [consumer.value for consumer in difference.affected(listing.policy.counted)],
        "impact": {one.value: difference.effects.of(one).name.lower() for one in Consumer},
        "before": place(listing, row, difference.before) if difference.before else None,
        "remedy": difference.remedy or None,
        "from": row.origin or None,
    }


def place(listing: DiffListing, row: Row, site: Site) -> dict[str, Any]:
    """Give file, line and column."""
    return {"file": listing.path(row, site), "line": site.line, "column": site.column}
