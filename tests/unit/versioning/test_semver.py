"""Which semantic version follows."""

from __future__ import annotations

import pytest
from planning import releases

from protoctl.model.change import Change
from protoctl.versioning.release import parse_release
from protoctl.versioning.semver import SemanticVersions

SCHEME = SemanticVersions()


@pytest.mark.parametrize(
    ("last", "change", "following"),
    [
        ("1.4.2", Change.MAJOR, "2.0.0"),
        ("1.4.2", Change.MINOR, "1.5.0"),
        ("1.4.2", Change.PATCH, "1.4.3"),
        ("0.4.2", Change.MAJOR, "0.5.0"),
        ("0.4.2", Change.MINOR, "0.4.3"),
        ("0.4.2", Change.PATCH, "0.4.3"),
        ("0.0.7", Change.MAJOR, "0.1.0"),
        ("2026.11.3", Change.MINOR, "2026.12.0"),
    ],
)
def test_the_step_above_the_last_release(last: str, change: Change, following: str) -> None:
    assert SCHEME.next_release(parse_release(last), change, releases(last)) == parse_release(following)


def test_nothing_is_released_without_a_change() -> None:
    assert SCHEME.next_release(parse_release("1.4.2"), Change.NONE, ()) is None
    assert SCHEME.next_release(None, Change.NONE, ()) is None


@pytest.mark.parametrize("change", [Change.PATCH, Change.MINOR, Change.MAJOR])
@pytest.mark.parametrize("taken", [(), ("0.1.0.dev3",), ("1.0.0rc1",)])
def test_the_first_release_whatever_was_previewed(change: Change, taken: tuple[str, ...]) -> None:
    assert SCHEME.next_release(None, change, releases(*taken)) == parse_release("0.1.0")


@pytest.mark.parametrize(
    ("last", "change", "taken", "following"),
    [
        ("1.4.2", Change.MAJOR, ("2.0.0",), "2.0.1"),
        ("1.4.2", Change.MINOR, ("1.5.0", "1.5.1"), "1.5.2"),
        ("1.4.2", Change.PATCH, ("1.4.3",), "1.4.4"),
        ("1.4.2", Change.MAJOR, ("2.0.0rc1", "2.0.0.dev4"), "2.0.0"),
        (None, Change.MINOR, ("0.1.0", "0.1.1"), "0.2.0"),
        (None, Change.MINOR, ("1.3.0",), "2.0.0"),
    ],
)
def test_what_was_withdrawn_stays_taken(
    last: str | None, change: Change, taken: tuple[str, ...], following: str
) -> None:
    start = parse_release(last) if last else None
    assert SCHEME.next_release(start, change, releases(*taken)) == parse_release(following)


@pytest.mark.parametrize(
    ("old", "new", "inside"),
    [
        ("1.2.0", "1.2.0", True),
        ("1.2.0", "1.9.9", True),
        ("1.2.0", "2.0.0", False),
        ("1.2.0", "1.1.9", False),
        ("0.4.2", "0.4.3", True),
        ("0.4.2", "0.5.0", False),
        ("0.4.2", "1.0.0", False),
    ],
)
def test_a_requirement_takes_what_does_not_break(old: str, new: str, inside: bool) -> None:  # noqa: FBT001  a table
    assert SCHEME.is_inside(parse_release(old), parse_release(new)) is inside


@pytest.mark.parametrize(
    ("release", "python", "npm"),
    [
        ("0.4.2", ">=0.4.2,<0.5", "^0.4.2"),
        ("1.4.2", ">=1.4.2,<2", "^1.4.2"),
        ("1.4.0.dev3", "==1.4.0.dev3", "1.4.0-dev.3"),
        ("1.4.0rc1", "==1.4.0rc1", "1.4.0-rc.1"),
    ],
)
def test_requirements_as_packages_write_them(release: str, python: str, npm: str) -> None:
    found = parse_release(release)
    assert (SCHEME.python_bound(found), SCHEME.npm_bound(found)) == (python, npm)
