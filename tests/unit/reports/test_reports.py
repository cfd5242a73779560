"""Findings in each format."""

from __future__ import annotations

import json

import pytest

from protoctl.checks import all_rules
from protoctl.model.finding import Finding, Severity
from protoctl.reports import Listing, load_report

FINDINGS = (
    Finding("acme/a b/v1/ü.proto", 3, 7, "compile", "Expected field name"),
    Finding("acme/v1/b.proto", 1, 1, "import-unused", 'import "x.proto" is not used', Severity.WARNING),
)
LISTING = Listing(FINDINGS, "proto", {rule.id: rule.sentence for rule in all_rules()})


def test_text_can_be_clicked() -> None:
    assert load_report("text").render(LISTING).splitlines() == [
        "proto/acme/a b/v1/ü.proto:3:7: Expected field name (compile)",
        'proto/acme/v1/b.proto:1:1: warning: import "x.proto" is not used (import-unused)',
        "1 error and 1 warning in 2 files",
    ]
    assert load_report("text").render(Listing((), "proto", {})) == "no findings"


def test_json_is_the_contract() -> None:
    assert json.loads(load_report("json").render(LISTING)) == {
        "format": 1,
        "findings": [
            {
                "rule": "compile",
                "file": "proto/acme/a b/v1/ü.proto",
                "line": 3,
                "column": 7,
                "message": "Expected field name",
                "severity": "error",
            },
            {
                "rule": "import-unused",
                "file": "proto/acme/v1/b.proto",
                "line": 1,
                "column": 1,
                "message": 'import "x.proto" is not used',
                "severity": "warning",
            },
        ],
    }


def test_sarif_has_what_the_standard_requires() -> None:
    """Properties and their values as SARIF 2.1.0 names them (§3.13 to §3.30 of the standard)."""
    log = json.loads(load_report("sarif").render(LISTING))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "protoctl"
    assert {rule["id"]: rule["shortDescription"]["text"] for rule in driver["rules"]} == LISTING.sentences
    assert run["columnKind"] == "unicodeCodePoints"
    for finding, result in zip(FINDINGS, run["results"], strict=True):
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["level"] == finding.severity.value
        assert result["message"] == {"text": finding.message}
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert places[0] == {
        "artifactLocation": {"uri": "proto/acme/a%20b/v1/%C3%BC.proto", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 7},
    }


def test_a_rule_without_sentence_is_listed_all_the_same() -> None:
    log = json.loads(load_report("sarif").render(Listing(FINDINGS[:1], "", {})))
    assert log["runs"][0]["tool"]["driver"]["rules"] == [{"id": "compile", "shortDescription": {"text": "compile"}}]
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith(
        "acme/"
    )


@pytest.mark.parametrize("name", ["text", "json", "sarif"])
def test_no_findings(name: str) -> None:
    assert load_report(name).render(Listing((), "proto", LISTING.sentences))
