"""Differences in each format."""

from __future__ import annotations

import json
import re

import cmarkgfm
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
    remedy="add another",
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
        "    instead: add another",
        "user: major",
        (
            "  common: proto/acme/common/v1/id.proto:5:3: major: value is string, was int64"
            " (field-type; wire, json, python)"
        ),
        "    instead: add another",
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
                "remedy": "add another",
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


@pytest.mark.parametrize(
    ("modules", "expected"), [((COMMON, STILL), True), ((ModuleDifferences("new", (NEW,)), STILL), False), ((), False)]
)
def test_whether_anything_breaks(modules: tuple[ModuleDifferences, ...], expected: bool) -> None:  # noqa: FBT001  a table
    assert DiffListing(modules, "proto").is_breaking is expected


def test_markdown_tells_only_breaks_what_to_do_instead() -> None:
    module = ModuleDifferences("user", (differ(Change.MINOR, remedy="never mind"), differ(Change.MAJOR)))
    assert "instead" not in load_diff_report("markdown").render(DiffListing((module,), ""))


def test_sarif_marks_each_break_once() -> None:
    (run,) = json.loads(load_diff_report("sarif").render(LISTING))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["field-type", "message-deleted"]
    assert run["results"][0]["message"]["text"] == "value is string, was int64; instead: add another"
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert places == ["proto/acme/common/v1/id.proto", "google/type/date.proto"]


def test_text_does_not_obey_what_protos_say() -> None:
    module = ModuleDifferences("user", (differ(Change.MINOR, message="a\x1b[31m\nb"),))
    assert "\\x1b[31m\\nb" in load_diff_report("text").render(DiffListing((module,), "proto"))


@pytest.mark.parametrize("name", ["text", "json", "sarif", "markdown"])
def test_no_differences(name: str) -> None:
    assert load_diff_report(name).render(DiffListing((STILL,), "proto"))


def test_markdown_has_breaks_open_and_the_rest_folded() -> None:
    quiet = ModuleDifferences("quiet", (differ(Change.PATCH), NEW))
    assert (
        load_diff_report("markdown").render(DiffListing((COMMON, STILL, quiet), "proto"))
        == """\
### Differences

| module | since | change | wire | json | python | node |
| --- | --- | --- | --- | --- | --- | --- |
| common | acme-common 1.2.0 | major | 1 | 1 | 1 |  |
| quiet |  | minor |  |  |  |  |

#### common

- `proto/acme/common/v1/id.proto:5` value is string, was int64 (field-type; wire, json, python); instead: add another

#### quiet

<details>
<summary>1 minor</summary>

- `proto/acme/user/v1/user.proto:12` name is new (field-added)

</details>

<details>
<summary>1 patch</summary>

- `proto/acme/user/v1/user.proto:12` acme.user.v1.User.name is a patch difference (test-patch)

</details>
"""
    )


@pytest.mark.parametrize("count", [1, 2000])
@pytest.mark.parametrize("modules", [1, 20])
def test_markdown_fits_and_says_what_is_left_out(modules: int, count: int) -> None:
    own = tuple(differ(Change.MAJOR, message="@" * 400, now=Site("a.proto", at + 1, 1)) for at in range(count))
    listing = DiffListing(tuple(ModuleDifferences(f"m{at}", own) for at in range(modules)), "")
    page = load_diff_report("markdown").render(listing)
    assert len(page.encode()) < 65_536
    items = len(re.findall("^- `", page, re.MULTILINE))
    hidden = sum(int(left) for left in re.findall("and ([0-9]+) breaks? more", page))
    unseen = sum(int(left) for left in re.findall("and ([0-9]+) modules? more", page))
    assert items + hidden + unseen * count == modules * count


def test_markdown_shows_text_of_protos_as_text() -> None:
    hostile = "</details><img src=x> [a](https://e.example) @all `x` | y\n# z"
    difference = differ(Change.MAJOR, hostile, message=hostile, now=Site(hostile, 1, 1), remedy=hostile)
    module = ModuleDifferences("user", (difference,), (Inherited(hostile, difference),), against=hostile)
    page = cmarkgfm.github_flavored_markdown_to_html(load_diff_report("markdown").render(DiffListing((module,), "")))
    page = re.sub("<code>.*?</code>", "", page)
    assert [tag for tag in ("<img", "<a ", "@all", "</details>") if tag in page] == []
    assert page.count("<td>") == 7
