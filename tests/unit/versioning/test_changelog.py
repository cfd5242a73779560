"""What a changelog says, and where a section goes."""

from __future__ import annotations

import re
from datetime import date

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning import differ, standing

from protoctl.model.acceptance import Acceptance
from protoctl.model.change import Change, Effect, Effects
from protoctl.model.difference import Site
from protoctl.versioning.changelog import insert_section, render_section
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.preview import preview_plan
from protoctl.versioning.release import parse_release
from protoctl.versioning.standing import Cause, Inherited, Standing

ACCEPTED = Acceptance("field-deleted", "acme.user.v1.User.name", "nobody uses it", "2.0.0")
BREAK = differ(
    Change.MAJOR,
    rule="field-deleted",
    message="field name is deleted",
    effects=Effects(Effect.CONDITIONAL, Effect.SAFE, Effect.BREAK, Effect.BREAK),
    remedy="deprecate it and wait",
)
HERE = Site("acme/user/v1/user.proto", 12, 3)
NEW = differ(Change.MINOR, rule="field-added", message="acme.user.v1.User.name is new")
OLD = differ(Change.MINOR, rule="field-deprecated", message="field name is deprecated", before=HERE)
LOOSE = differ(Change.MINOR, rule="field-presence", message="field name tells whether it is set", before=HERE)
FOREIGN = differ(Change.MINOR, rule="message-added", message="acme.user.v1.User.name is new in google")
QUIET = differ(Change.PATCH, rule="comment", message="comment changed", before=HERE)
OTHER = differ(Change.PATCH, rule="comment", message="comment changed", now=Site("acme/user/v1/a.proto", 1, 1))


def section(*modules: Standing, day: date | None = None) -> str:
    plan = plan_releases(modules, Numbering(acceptances=(ACCEPTED,)))
    return render_section(plan.modules[-1], day)


def test_a_section_has_what_consumers_ask_for() -> None:
    user = standing(
        "user",
        "1.3.0",
        differences=(QUIET, LOOSE, OLD, NEW, BREAK, OTHER, QUIET),
        needs="common",
        causes=(Cause(Change.MINOR, "needs protobuf>=6.33 instead of >=6.31"),),
        inherited=(Inherited("googleapis 1.66", FOREIGN),),
    )
    assert section(standing("common", "1.2.0", request=parse_release("2.0.0")), user, day=date(2026, 11, 24)) == (
        """\
## 2.0.0 - 2026-11-24

### Breaking

- acme-common goes to 2.0.0, outside of >=1.2.0,<2
- `acme.user.v1.User.name`: field name is deleted
  - reaches data that is stored or sent, Python code, Node code
  - instead: deprecate it and wait
  - why: nobody uses it

### Added

- `acme.user.v1.User.name` is new
- googleapis 1.66: `acme.user.v1.User.name` is new in google

### Deprecated

- `acme.user.v1.User.name`: field name is deprecated

### Changed

- `acme.user.v1.User.name`: field name tells whether it is set
- `acme/user/v1/a.proto`: 1 change that no code or data depends on
- `acme/user/v1/user.proto`: 2 changes that no code or data depends on

### Dependencies

- needs protobuf>=6.33 instead of >=6.31
"""
    )


@pytest.mark.parametrize(
    ("element", "message", "shown"),
    [
        ("a.B", "message a.B is new", "message `a.B` is new"),
        ("a.B", "a.B.c and a.B", "a.B.c and `a.B`"),
        ("a.B", "x.a.B and a.BC", "`a.B`: x.a.B and a.BC"),
        ("a.B", "a.B is a.B", "`a.B` is a.B"),
        ("amp", "a & b", "`amp`: a &amp; b"),
        ("a_b_", "a_b_ is new", "`a_b_`: a_b\\_ is new"),
        ("a.B", "a.B, now", "`a.B`, now"),
        ("a.B", "it was a.B.", "it was `a.B`."),
    ],
)
def test_what_it_is_about_stands_out(element: str, message: str, shown: str) -> None:
    difference = differ(Change.MINOR, element, message=message)
    assert section(standing("user", "1.3.0", differences=(difference,))).splitlines()[-1] == f"- {shown}"


def test_first_releases_requests_and_releases_without_a_schema_say_so() -> None:
    assert section(standing("user")) == "## 0.1.0\n\nFirst release.\n"
    assert section(standing("user", "0.3.0", request=parse_release("1.0.0"))) == (
        "## 1.0.0\n\nVersion 1.0.0 is asked for.\n"
    )
    assert section(standing("user", "1.3.0", is_unknown=True)) == (
        "## 2.0.0\n\n### Breaking\n\n- release 1.3.0 holds no schema; nothing is known to be compatible\n"
    )


def test_a_break_beside_the_protos_is_explained_too() -> None:
    cause = Cause(Change.MAJOR, "needs protobuf>=7 instead of >=6.31", "field-deleted", "acme.user.v1.User.name")
    assert section(standing("user", "1.3.0", causes=(cause,))) == (
        "## 2.0.0\n\n### Breaking\n\n- needs protobuf>=7 instead of >=6.31\n  - why: nobody uses it\n"
    )


def test_what_is_not_released_has_no_section() -> None:
    assert not section(standing("user", "1.0.0"))
    assert insert_section("# Mine\n", "") == "# Mine\n"


def test_previews_have_both_spellings() -> None:
    plan = preview_plan(plan_releases([standing("user", "1.3.0", Change.PATCH)], Numbering()), "", "rc")
    assert render_section(plan.modules[0]).startswith("## 1.3.1rc1 (npm 1.3.1-rc.1)\n")


@pytest.mark.parametrize("hostile", ["[x](https://e.example)", "<script>", "a\n\n## 9.0.0\n", "@all #1", "`", "**x**"])
def test_text_of_protos_is_text(hostile: str) -> None:
    found = section(
        standing(
            "user",
            "1.3.0",
            differences=(
                differ(Change.MAJOR, message=hostile, element=hostile + "e", remedy=hostile, rule="field-deleted"),
                differ(Change.PATCH, now=Site(hostile, 1, 1)),
            ),
        )
    )
    page = re.sub("<code>.*?</code>", "", cmarkgfm.github_flavored_markdown_to_html(found))
    assert [tag for tag in ("<a", "<script", "<strong", "<img", "@all", "#1") if tag in page] == []
    assert page.count("<h2>") == 1


EXISTING = "# Changes\n\nText.\n\n## Unreleased\n\nsoon\n\n## [2.0.0] - 2026-01-01\n\nbreak\n\n\n## 1.4.0\n\nold\n"


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        ("2.1.0", "soon", "## [2.0.0]"),
        ("1.5.0", "break", "## 1.4.0"),
        ("1.3.0", "old", None),
        ("2.0.0rc1", "break", "## 1.4.0"),
    ],
)
def test_a_section_stands_before_the_first_lower_version(release: str, before: str, after: str | None) -> None:
    found = insert_section(EXISTING, f"## {release}\n\nnew\n")
    expected = f"{before}\n\n## {release}\n\nnew\n"
    assert expected + (f"\n{after}" if after else "") in found
    assert found.endswith(expected) or after
    assert [line for line in found.splitlines() if line and line not in expected] == [
        line for line in EXISTING.splitlines() if line and line not in expected
    ]


def test_the_same_version_is_written_again_in_its_place() -> None:
    found = insert_section(EXISTING, "## 2.0.0 - 2026-02-02\n\nother\n")
    assert "soon\n\n## 2.0.0 - 2026-02-02\n\nother\n\n## 1.4.0" in found
    assert "break" not in found


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ("", "# Changes of acme-user\n\n## 1.0.0\n\nnew\n"),
        ("## 0.9.0\n\nold\n", "## 1.0.0\n\nnew\n\n## 0.9.0\n\nold\n"),
        ("# Mine", "# Mine\n\n## 1.0.0\n\nnew\n"),
        ("# Mine\r\n\r\n## 0.9.0\r\n", "# Mine\r\n\r\n## 1.0.0\r\n\r\nnew\r\n\r\n## 0.9.0\r\n"),
    ],
)
def test_whatever_is_there(existing: str, expected: str) -> None:
    found = insert_section(existing, "## 1.0.0\n\nnew\n", "Changes of acme-user")
    assert found == expected
    assert insert_section(found, "## 1.0.0\n\nnew\n", "Changes of acme-user") == found


VERSIONS = st.lists(st.sampled_from(["0.1.0", "0.2.0", "1.0.0rc1", "1.0.0", "1.4.0", "1.10.0", "2.0.0"]), unique=True)


@given(VERSIONS)
def test_sections_end_up_sorted_in_whatever_order_they_come(versions: list[str]) -> None:
    found = ""
    for version in versions:
        found = insert_section(found, f"## {version}\n\nx\n")
    headings = [parse_release(line[3:]).version for line in found.splitlines() if line.startswith("## ")]
    assert headings == sorted(headings, reverse=True)
    assert len(headings) == len(versions)
