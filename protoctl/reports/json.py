"""The stable JSON of `check --json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.finding import Finding

FORMAT = 1


def render(findings: Sequence[Finding], proto_root: str) -> str:
    """Give `{"format", "findings": [{"rule", "file", "line", "column", "message", "severity"}]}`."""
    rows = [
        {
            "rule": finding.rule,
            "file": f"{proto_root}/{finding.file}",
            "line": finding.line,
            "column": finding.column,
            "message": finding.message,
            "severity": finding.severity.value,
        }
        for finding in findings
    ]
    return json.dumps({"format": FORMAT, "findings": rows}, indent=2)
