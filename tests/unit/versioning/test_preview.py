"""Previews and npm's names for them."""

from __future__ import annotations

import re

import pytest
from planning import releases, standing

from protoctl.errors import UsageError
from protoctl.model.change import Change
from protoctl.versioning.dist_tag import branch_tag, dist_tag
from protoctl.versioning.history import History
from protoctl.versioning.line import Line, parse_line
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.preview import next_preview, preview_before, preview_plan
from protoctl.versioning.release import Release, parse_release


@pytest.mark.parametrize(
    ("phase", "taken", "python", "npm"),
    [
        ("dev", (), "1.4.0.dev1", "1.4.0-dev.1"),
        ("dev", ("1.4.0.dev1", "1.4.0.dev9", "1.4.0.dev2"), "1.4.0.dev10", "1.4.0-dev.10"),
        ("dev", ("1.4.0rc1.dev5", "1.5.0.dev7", "1.4.1.dev7", "1.3.0"), "1.4.0.dev1", "1.4.0-dev.1"),
        ("dev", ("1.4.0rc1",), "1.4.0.dev1", "1.4.0-dev.1"),
        ("a", ("1.4.0.dev3",), "1.4.0a1", "1.4.0-alpha.1"),
        ("b", ("1.4.0a4", "1.4.0b2"), "1.4.0b3", "1.4.0-beta.3"),
        ("rc", ("1.4.0a4", "1.4.0rc2.dev1"), "1.4.0rc3", "1.4.0-rc.3"),
    ],
)
def test_numbers_go_on_within_the_phase(phase: str, taken: tuple[str, ...], python: str, npm: str) -> None:
    assert next_preview(parse_release("1.4.0"), phase, releases(*taken)) == Release(python, npm)


@pytest.mark.parametrize(("phase", "taken"), [("a", "1.4.0b1"), ("a", "1.4.0rc1"), ("b", "1.4.0rc1")])
def test_a_phase_that_is_over_is_refused(phase: str, taken: str) -> None:
    with pytest.raises(UsageError) as caught:
        next_preview(parse_release("1.4.0"), phase, releases(taken))
    later = taken.removeprefix("1.4.0")[:-1]
    assert str(caught.value) == (
        f"{taken} exists, and '{phase}' comes before '{later}'\nhint: go on with '{later}', or release 1.4.0"
    )


@pytest.mark.parametrize(
    ("version", "before"),
    [
        ("1.2.0.dev11", "1.2.0.dev10"),
        ("1.2.0rc2", "1.2.0rc1"),
        ("1.2.0.dev1", None),
        ("1.2.0rc1", None),
        ("1.2.0b2", None),
        ("1.1.10", None),
    ],
)
def test_the_preview_before_another(version: str, before: str | None) -> None:
    """It is of the same phase, and there: one that was withdrawn is not among the live ones."""
    found = preview_before(parse_release(version), releases("1.1.0", "1.2.0.dev10", "1.2.0rc1", "1.1.9"))
    assert (found.python if found else None) == before


def test_an_unknown_phase_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="hint: write rc"):
        next_preview(parse_release("1.4.0"), "rc1", ())
    with pytest.raises(UsageError, match="hint: write dev, a, b, rc"):
        preview_plan(plan_releases([], Numbering()), "main", "zzz")


def test_a_plan_is_previewed_as_a_whole() -> None:
    history = History(releases("1.3.0", "1.4.0.dev2"))
    plan = plan_releases(
        [standing("user", change=Change.MINOR, history=history), standing("still", "1.0.0")], Numbering()
    )
    still, user = preview_plan(plan, "feature/Login").modules
    assert user.next == parse_release("1.4.0.dev3")
    assert user.dist_tag == "branch-feature-login"
    assert (still.next, still.dist_tag) == (None, "")


def test_candidates_have_npms_words_and_lines_keep_their_name() -> None:
    plan = plan_releases(
        [
            standing("one", "1.3.0", Change.PATCH),
            standing("two", change=Change.PATCH, history=History(releases("1.3.0", "2.0.0")), line=parse_line("1")),
        ],
        Numbering(),
    )
    assert [module.dist_tag for module in preview_plan(plan, "", "rc").modules] == ["rc", "line-1-rc"]
    assert [module.dist_tag for module in preview_plan(plan, "main").modules] == ["branch-main", "line-1-branch-main"]


HOSTILE = [
    "latest",
    "1",
    "1.x",
    "v1.2.3",
    "x",
    "*",
    "-rf",
    "../../etc",
    "a b",
    "LATEST",
    "ünder",
    "\ud800",
    "a\nb",
    "a" * 300,
]


@pytest.mark.parametrize("branch", HOSTILE)
def test_no_branch_makes_a_tag_that_npm_reads_as_a_version(branch: str) -> None:
    assert re.fullmatch(r"branch-[a-z0-9]+(-[a-z0-9]+)*", branch_tag(branch))
    assert len(branch_tag(branch)) < 60


def test_branches_that_lose_letters_are_told_apart() -> None:
    assert len({branch_tag(branch) for branch in HOSTILE if branch != "LATEST"}) == len(HOSTILE) - 1
    assert branch_tag("功能") != branch_tag("修复")
    assert branch_tag("a" * 41) != branch_tag("a" * 42)
    assert branch_tag("fix/a_b.c") == "branch-fix-a-b-c"
    assert branch_tag("a" * 40) == f"branch-{'a' * 40}"
    assert re.fullmatch(f"branch-{'a' * 40}-[0-9a-f]{{8}}", branch_tag("a" * 41))


@pytest.mark.parametrize("branch", ["", "  "])
def test_a_preview_needs_a_branch(branch: str) -> None:
    with pytest.raises(UsageError, match="--preview"):
        branch_tag(branch)


@pytest.mark.parametrize(
    ("release", "live", "line", "tag"),
    [
        ("0.1.0", (), None, "latest"),
        ("0.1.0", ("0.2.0.dev1",), None, "latest"),
        ("1.4.0", ("1.3.0",), None, "latest"),
        ("1.4.0", ("1.3.0", "2.0.0"), None, "line-1"),
        ("0.4.1", ("0.4.0", "0.5.0"), None, "line-0.4"),
        ("1.4.0", ("1.4.0",), None, "line-1"),
        ("1.4.0", ("1.3.0",), Line((1,)), "line-1"),
    ],
)
def test_latest_only_moves_forward(release: str, live: tuple[str, ...], line: Line | None, tag: str) -> None:
    assert dist_tag(parse_release(release), History(releases(*live)), line) == tag


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1", "1.x"), ("1.x", "1.x"), ("v2", "2.x"), ("0.3", "0.3.x"), ("1.4.X", "1.4.x"), ("1.*", "1.x")],
)
def test_lines_as_people_write_them(text: str, shown: str) -> None:
    assert str(parse_line(text)) == shown


@pytest.mark.parametrize("text", ["", "x", "0", "0.x", "1.2.3", "1.", "one", "1\n.x", "9" * 16])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="hint: write"):
        parse_line(text)
