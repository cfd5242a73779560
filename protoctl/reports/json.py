"""The stable JSON of `check --json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protoctl.reports import Listing

FORMAT = 1


def render(listing: Listing) -> str:
    """Give `{"format", "findings": [{"rule", "file", "line", "column", "message", "severity"}]}`."""
    rows = [
        {
            "rule": finding.rule,
            "file": listing.path(finding),
            "line": finding.line,
            "column": finding.column,
            "message": finding.message,
            "severity": finding.severity.value,
        }
        for finding in listing.findings
    ]
    return json.dumps({"format": FORMAT, "findings": rows}, indent=2)
