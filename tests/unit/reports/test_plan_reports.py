"""Release plans in each format."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import cmarkgfm
import pytest
from planning import differ, standing

from protoctl.model.acceptance import Acceptance
from protoctl.model.change import Change
from protoctl.model.difference import Site
from protoctl.reports.plan import PlanListing, load_plan_report
from protoctl.versioning.line import parse_line
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.preview import preview_plan
from protoctl.versioning.release import parse_release

BREAK = differ(Change.MAJOR, remedy="reserve 2")
OTHER = differ(Change.MAJOR, "acme.common.v1.Id", now=Site("acme/common/v1/id.proto", 3, 1))
ACCEPTED = Acceptance("test-major", "acme.common.v1.Id", "nobody uses it", "2.0.0")
UNUSED = Acceptance("field-deleted", "acme.x", "gone", "3.0.0")
EXPIRED = Acceptance("test-major", "acme.user.**", "once", "1.0.0")
WHOLE = plan_releases(
    [
        standing("common", "1.2.0", differences=(OTHER, differ(Change.PATCH), differ(Change.MINOR))),
        standing("user", "1.0.0", differences=(BREAK,), needs="common"),
        standing("still", "1.0.0"),
        standing("fresh"),
    ],
    Numbering(acceptances=(ACCEPTED, UNUSED, EXPIRED)),
)
PLAN = replace(WHOLE, notes=("left for another time: old (minor)",))
LISTING = PlanListing(PLAN, "proto")


def test_text_says_what_why_and_what_is_stale() -> None:
    assert load_plan_report("text").render(LISTING).splitlines() == [
        "common: 1.2.0 → 2.0.0, major",
        "  proto/acme/common/v1/id.proto:3: acme.common.v1.Id is a major difference (test-major)",
        "    accepted until 2.0.0: nobody uses it",
        "  and 1 minor, 1 patch",
        "fresh: 0.1.0, minor",
        "  first release",
        "user: 1.0.0 → 2.0.0, major",
        "  acme-common goes to 2.0.0, outside of >=1.2.0,<2",
        "  proto/acme/user/v1/user.proto:12: acme.user.v1.User.name is a major difference (test-major)",
        "expired: test-major of acme.user.** was accepted until 1.0.0, user is at 1.0.0",
        "unused: field-deleted of acme.x is accepted, and nothing of the kind changed",
        "left for another time: old (minor)",
        "3 modules of 4 to release, 1 break not accepted",
    ]


def test_text_of_previews_lines_and_requests() -> None:
    plan = plan_releases(
        [
            standing("line", "1.2.0", Change.PATCH, line=parse_line("1")),
            standing("asked", "0.3.0", Change.PATCH, request=parse_release("1.0.0")),
        ],
        Numbering(),
    )
    assert load_plan_report("text").render(PlanListing(plan, "")).splitlines() == [
        "asked: 0.3.0 → 1.0.0, patch",
        "  acme/user/v1/user.proto:12: acme.user.v1.User.name is a patch difference (test-patch)",
        "  version 1.0.0 is asked for",
        "line: 1.2.0 → 1.2.1, patch, npm tag line-1",
        "  acme/user/v1/user.proto:12: acme.user.v1.User.name is a patch difference (test-patch)",
        "2 modules of 2 to release",
    ]


def test_text_without_anything_to_release() -> None:
    still = plan_releases([standing("still", "1.0.0")], Numbering())
    assert load_plan_report("text").render(PlanListing(still, "proto")) == "nothing to release"


def test_text_does_not_obey_what_protos_say() -> None:
    hostile = differ(Change.MINOR, message="a\x1b[31m\nb\u202e")
    plan = plan_releases([standing("user", "1.0.0", differences=(hostile,))], Numbering())
    assert "\\x1b[31m\\nb\\u202e" in load_plan_report("text").render(PlanListing(plan, "proto"))


def test_json_is_the_contract() -> None:
    found = json.loads(load_plan_report("json").render(LISTING))
    assert found["format"] == 1
    rows = {row["module"]: row for row in found["modules"]}
    assert list(rows) == ["common", "fresh", "still", "user"]
    assert rows["still"] == {
        "module": "still",
        "last": "1.0.0",
        "change": "none",
        "next": None,
        "reasons": [],
        "accepted": [],
        "unaccepted": [],
        "expired": [],
        "line": None,
        "dist_tag": None,
        "distributions": [
            {"target": "node", "name": "@acme/still", "last": "1.0.0", "next": None},
            {"target": "python", "name": "acme-still", "last": "1.0.0", "next": None},
        ],
    }
    assert {key: rows["fresh"][key] for key in ("last", "change", "next", "reasons", "dist_tag")} == {
        "last": None,
        "change": "minor",
        "next": "0.1.0",
        "reasons": ["first release"],
        "dist_tag": "latest",
    }
    assert rows["user"]["reasons"] == [
        "acme-common goes to 2.0.0, outside of >=1.2.0,<2",
        "proto/acme/user/v1/user.proto:12: acme.user.v1.User.name is a major difference (test-major)",
    ]
    assert rows["user"]["unaccepted"] == [
        {
            "message": "acme.user.v1.User.name is a major difference",
            "place": "proto/acme/user/v1/user.proto:12",
            "rule": "test-major",
            "element": "acme.user.v1.User.name",
            "remedy": "reserve 2",
        }
    ]
    assert [(row["reason"], row["until"]) for row in rows["common"]["accepted"]] == [("nobody uses it", "2.0.0")]
    assert rows["user"]["expired"] == [
        {"rule": "test-major", "element": "acme.user.**", "reason": "once", "until": "1.0.0"}
    ]
    assert [row["rule"] for row in found["unused"]] == ["field-deleted"]
    assert len(found["notes"]) == 1


def test_json_spells_versions_as_each_index_does() -> None:
    plan = preview_plan(plan_releases([standing("user", "1.2.0", Change.PATCH)], Numbering()), "", "rc")
    (row,) = json.loads(load_plan_report("json").render(PlanListing(plan, "")))["modules"]
    assert (row["next"], row["dist_tag"]) == ("1.2.1rc1", "rc")
    assert [one["next"] for one in row["distributions"]] == ["1.2.1-rc.1", "1.2.1rc1"]


def test_markdown_has_a_table_then_breaks_then_the_rest_folded() -> None:
    assert (
        load_plan_report("markdown").render(LISTING)
        == """\
### Release plan

| module | last | next | change |  |
| --- | --- | --- | --- | --- |
| common | 1.2.0 | **2.0.0** | major | 1 break accepted |
| fresh | new | **0.1.0** | minor |  |
| user | 1.0.0 | **2.0.0** | major | **1 break not accepted** |

- 1 module without a change
- expired: test-major of acme.user.\\*\\* until 1.0.0
- accepted, and nothing of the kind changed: field-deleted of acme.x
- left for another time: old (minor)

#### common 2.0.0

- `proto/acme/common/v1/id.proto:3` acme.common.v1.Id is a major difference (test-major); accepted: nobody uses it

<details>
<summary>1 minor, 1 patch</summary>

- `proto/acme/user/v1/user.proto:12` acme.user.v1.User.name is a minor difference (test-minor)
- `proto/acme/user/v1/user.proto:12` acme.user.v1.User.name is a patch difference (test-patch)

</details>

#### fresh 0.1.0

<details>
<summary>1 minor</summary>

- first release

</details>

#### user 2.0.0

- acme-common goes to 2.0.0, outside of >=1.2.0,<2
- `proto/acme/user/v1/user.proto:12` acme.user.v1.User.name is a major difference (test-major); **not accepted**
"""
    )


def test_markdown_without_anything_to_release() -> None:
    still = plan_releases([standing("still", "1.0.0")], Numbering())
    assert "Nothing to release." in load_plan_report("markdown").render(PlanListing(still, "proto"))


def test_markdown_says_which_tag() -> None:
    plan = plan_releases([standing("user", "1.2.0", Change.PATCH, line=parse_line("1"))], Numbering())
    assert "| patch | npm tag line-1 |" in load_plan_report("markdown").render(PlanListing(plan, "proto"))


@pytest.mark.parametrize("text", ["x", "@" * 400, "\U000e0001" * 400], ids=["short", "at", "unprintable"])
@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("modules", [1, 30, 200])
def test_markdown_fits_and_says_what_is_left_out(modules: int, count: int, text: str) -> None:
    found = [
        differ(Change.MAJOR, f"acme.M{at}", message=text, now=Site(f"a/{text[:20]}.proto", at + 1, 1))
        for at in range(count)
    ]
    plan = plan_releases([standing(f"m{at}", "1.0.0", differences=tuple(found)) for at in range(modules)], Numbering())
    page = load_plan_report("markdown").render(PlanListing(plan, "proto"))
    assert len(page.encode()) < 65_536
    items = len(re.findall("^- .*not accepted", page, re.MULTILINE))
    hidden = sum(int(left) for left in re.findall("and ([0-9]+) breaks? more", page))
    unseen = sum(int(left) for left in re.findall("and ([0-9]+) modules? more", page))
    assert items + hidden + unseen * count == modules * count


def test_markdown_shows_text_of_protos_as_text() -> None:
    hostile = "</details><img src=x> [a](https://e.example) @all `x` | y\n# z"
    difference = differ(Change.MAJOR, hostile, message=hostile, now=Site(hostile, 1, 1), rule="r")
    accepted = Acceptance("r", "**", hostile, "2.0.0")
    plan = plan_releases(
        [standing("user", "1.0.0", differences=(difference,))],
        Numbering(acceptances=(accepted, Acceptance(hostile, hostile, "", "1.0.0"))),
    )
    page = re.sub(
        "<code>.*?</code>",
        "",
        cmarkgfm.github_flavored_markdown_to_html(load_plan_report("markdown").render(PlanListing(plan, ""))),
    )
    assert [tag for tag in ("<img", "<a ", "@all", "</details>") if tag in page] == []
    assert page.count("<h") == page.count("<h3>") + page.count("<h4>") == 2
