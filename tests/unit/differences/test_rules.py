"""Every rule over every folder of `tests/corpus/differences`: what is expected is found, and nothing else.

With PROTOCTL_REFRESH set, `expected.toml` is written instead; read the difference before you commit it.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from compiled import compile_folder

from protoctl.differences import all_rules, find_differences
from protoctl.versioning.comparison import compare_schemas

if TYPE_CHECKING:
    from protoctl.model.difference import Difference

CORPUS = Path(__file__).parents[2] / "corpus/differences"
CASES = sorted(folder.name for folder in CORPUS.iterdir())
ELSEWHERE = {"symbol-local", "symbol-exported"}
"""Rules about edition 2024, which the locked compiler does not read; `test_visibility.py` has their cases."""


@cache
def compare(case: str) -> tuple[Difference, ...]:
    """Give what is found between the two sides of a case."""
    baseline, current = (compile_folder(CORPUS / case / side) for side in ("baseline", "current"))
    return tuple(find_differences(compare_schemas(baseline, current)))


def row_of(found: Difference) -> dict[str, Any]:
    """Give a finding as `expected.toml` tells it."""
    return {
        "rule": found.rule,
        "element": found.element,
        "now": str(found.now),
        "before": str(found.before or ""),
        "change": str(found.change),
        "effects": {name: effect.name.lower() for name, effect in found.effects._asdict().items() if effect},
        "message": found.message,
        "remedy": found.remedy,
    }


@pytest.mark.parametrize("case", CASES)
def test_findings(case: str) -> None:
    """Rule, element, places, effects and message are as expected."""
    found = [row_of(one) for one in compare(case)]
    expected = CORPUS / case / "expected.toml"
    if "PROTOCTL_REFRESH" in os.environ:
        expected.write_text(tomli_w.dumps({"finding": found}))
    assert found == tomllib.loads(expected.read_text()).get("finding", [])


@pytest.mark.parametrize("case", CASES)
def test_nothing_differs_from_itself(case: str) -> None:
    """A schema compared with itself gives nothing."""
    schema = compile_folder(CORPUS / case / "current")
    assert find_differences(compare_schemas(schema, schema)) == []


def test_every_rule_has_a_case() -> None:
    """No rule is without a folder in which it finds something."""
    found = {one.rule for case in CASES for one in compare(case)}
    assert {rule.id for rule in all_rules()} - found == ELSEWHERE


def test_rules_are_unique() -> None:
    """Each rule has an id of its own and a sentence."""
    rules = all_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.sentence and not rule.sentence.endswith(".") for rule in rules)
