"""Every rule over every folder of `tests/corpus/checks`: what is expected is found, and nothing else.

With PROTOCTL_REFRESH set, `expected.toml` is written instead; read the difference before you commit it.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomli_w

from protoctl.checks import all_rules
from protoctl.flows.check import cycle_findings
from protoctl.flows.schema import inspect_sources
from protoctl.flows.session import Options, Session
from protoctl.model.event import silent
from protoctl.model.finding import by_place
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from protoctl.model.finding import Finding

REPOSITORY = Path(__file__).parents[3]
CORPUS = REPOSITORY / "tests/corpus/checks"
CASES = sorted(folder.name for folder in CORPUS.iterdir())


@pytest.fixture(scope="module")
def tools() -> Session:
    """Give this repository's own session, whose toolchain serves every case."""
    return Session(discover(REPOSITORY), Options(cache=cache_folder(), runner="local", offline=False), silent)


def inspect(case: str, tools: Session) -> list[Finding]:
    """Give what `check` finds in a case."""
    session = Session(discover(CORPUS / case), tools.options, silent)
    session.lock, session.installer, session.runner = tools.lock, tools.installer, tools.runner
    schema, findings = inspect_sources(session)
    return sorted([*findings, *cycle_findings(schema)], key=by_place)


@pytest.mark.parametrize("case", CASES)
def test_findings(case: str, tools: Session) -> None:
    """Rule, file, line, column, severity and message are as expected."""
    found = [
        {
            "rule": finding.rule,
            "file": finding.file,
            "line": finding.line,
            "column": finding.column,
            "severity": finding.severity.value,
            "message": finding.message,
        }
        for finding in inspect(case, tools)
    ]
    expected = CORPUS / case / "expected.toml"
    if "PROTOCTL_REFRESH" in os.environ:
        expected.write_text(tomli_w.dumps({"finding": found}))
    assert found == tomllib.loads(expected.read_text()).get("finding", [])


def test_every_rule_has_a_case() -> None:
    """No rule is without a folder in which it finds something, but those that need files git cannot hold."""
    found = {
        row["rule"] for case in CASES for row in tomllib.loads((CORPUS / case / "expected.toml").read_text())["finding"]
    }
    elsewhere = {"path-case", "path-module", "compile-warning"}
    assert {rule.id for rule in all_rules()} - found == elsewhere


def test_rules_are_unique() -> None:
    """Each rule has an id of its own and a sentence."""
    rules = all_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.sentence and not rule.sentence.endswith(".") for rule in rules)
