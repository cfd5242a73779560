"""Differences in each format."""

from __future__ import annotations

import json

import pytest
from planning import differ

from protoctl.model.change import Change, Consumer, Effect, Effects
from protoctl.model.difference import Site
from protoctl.reports.diff import DiffListing, ModuleDifferences, load_diff_report
from protoctl.versioning.policy import Policy
from protoctl.versioning.standing import Inherited

BREAK = differ(
    Change.MAJOR,
    "acme.common.v1.Id.value",
    rule="field-type",
    message="value is string, was int64",
    effects=Effects(Effect.BREAK, Effect.CONDITIONAL, Effect.BREAK, Effect.SAFE),
    now=Site("acme/common/v1/id.proto", 5, 3),
    before=Site("acme/common/v1/id.proto", 4, 3),
    remedy="add a new field",
)
NEW = differ(Change.MINOR, rule="field-added", message="name is new")
FOREIGN = differ(Change.MAJOR, "google.type.Date", rule="message-deleted", now=Site("google/type/date.proto", 1, 1))
COMMON = ModuleDifferences("common", (BREAK,), against="acme-common 1.2.0")
USER = ModuleDifferences(
    "user",
    (NEW,),
    (Inherited("common", BREAK, is_sibling=True), Inherited("googleapis 1.66.0", FOREIGN)),
)
STILL = ModuleDifferences("still")
LISTING = DiffListing((COMMON, STILL, USER), "proto", sentences={"field-type": "The type of a field changed"})


def test_text_has_breaks_first_and_says_whom_they_reach() -> None:
    assert load_diff_report("text").render(LISTING).splitlines() == [
        "common: major since acme-common 1.2.0",
        "  proto/acme/common/v1/id.proto:5:3: major: value is string, was int64 (field-type; wire, json, python)",
        "    instead: add a new field",
        "user: major",
        (
            "  common: proto/acme/common/v1/id.proto:5:3: major: value is string, was int64"
            " (field-type; wire, json, python)"
        ),
        "    instead: add a new field",
        (
            "  googleapis 1.66.0: google/type/date.proto:1:1: major: google.type.Date is a major difference"
            " (message-deleted; wire, json, python, node)"
        ),
        "  proto/acme/user/v1/user.proto:12:3: minor: name is new (field-added)",
        "3 differences in 2 modules: 2 major, 1 minor",
    ]


def test_json_is_the_contract() -> None:
    common, still, user = json.loads(load_diff_report("json").render(LISTING))["modules"]
    assert common == {
        "module": "common",
        "against": "acme-common 1.2.0",
        "change": "major",
        "findings": [
            {
                "rule": "field-type",
                "file": "proto/acme/common/v1/id.proto",
                "line": 5,
                "column": 3,
                "element": "acme.common.v1.Id.value",
                "message": "value is string, was int64",
                "change": "major",
                "effects": ["wire", "json", "python"],
                "impact": {"wire": "break", "json": "conditional", "python": "break", "node": "safe"},
                "before": {"file": "proto/acme/common/v1/id.proto", "line": 4, "column": 3},
                "remedy": "add a new field",
                "from": None,
            }
        ],
    }
    assert still == {"module": "still", "against": None, "change": "none", "findings": []}
    own, sibling, foreign = user["findings"]
    assert (own["from"], own["before"], own["remedy"], own["effects"]) == (None, None, None, [])
    assert (sibling["from"], sibling["file"]) == ("common", "proto/acme/common/v1/id.proto")
    assert (foreign["from"], foreign["file"]) == ("googleapis 1.66.0", "google/type/date.proto")
    assert json.loads(load_diff_report("json").render(LISTING))["format"] == 1


def test_the_policy_reaches_steps_and_effects() -> None:
    listing = DiffListing((COMMON,), "proto", Policy((Consumer.NODE,)))
    (module,) = json.loads(load_diff_report("json").render(listing))["modules"]
    assert (module["change"], module["findings"][0]["change"], module["findings"][0]["effects"]) == (
        "minor",
        "minor",
        [],
    )
    assert module["findings"][0]["impact"]["wire"] == "break"
    assert "instead" not in load_diff_report("text").render(listing)


def test_unstable_files_are_capped_where_the_team_wants_it() -> None:
    module = ModuleDifferences("common", (BREAK,), unstable=frozenset({"acme/common/v1/id.proto"}))
    assert DiffListing((module,), "proto", Policy(caps_unstable=True)).change(module) is Change.MINOR


def test_sarif_marks_each_break_once() -> None:
    (run,) = json.loads(load_diff_report("sarif").render(LISTING))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["field-type", "message-deleted"]
    assert run["results"][0]["message"]["text"] == "value is string, was int64; instead: add a new field"
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert places == ["proto/acme/common/v1/id.proto", "google/type/date.proto"]


def test_text_does_not_obey_what_protos_say() -> None:
    module = ModuleDifferences("user", (differ(Change.MINOR, message="a\x1b[31m\nb"),))
    assert "\\x1b[31m\\nb" in load_diff_report("text").render(DiffListing((module,), "proto"))


@pytest.mark.parametrize("name", ["text", "json", "sarif"])
def test_no_differences(name: str) -> None:
    assert load_diff_report(name).render(DiffListing((STILL,), "proto"))
