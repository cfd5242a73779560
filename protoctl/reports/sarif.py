"""SARIF 2.1.0, which code hosts show beside the lines (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from protoctl import __version__

if TYPE_CHECKING:
    from protoctl.model.finding import Finding
    from protoctl.reports import Listing

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(listing: Listing) -> str:
    """Give a log with one run: every rule with its sentence, and one result for each finding."""
    ids = sorted({*listing.sentences, *(finding.rule for finding in listing.findings)})
    rules = [{"id": rule, "shortDescription": {"text": listing.sentences.get(rule, rule)}} for rule in ids]
    run = {
        "tool": {"driver": {"name": "protoctl", "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [result(listing, finding, ids.index(finding.rule)) for finding in listing.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def result(listing: Listing, finding: Finding, rule_index: int) -> dict[str, Any]:
    """Give one result; its address is relative to the workspace (§3.4.4)."""
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(listing.path(finding)), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                }
            }
        ],
    }
