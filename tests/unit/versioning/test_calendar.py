"""Which calendar version follows."""

from __future__ import annotations

from datetime import date

import pytest
from planning import releases, spell, standing

from protoctl.errors import UsageError
from protoctl.model.change import Change
from protoctl.versioning.calendar import CalendarVersions
from protoctl.versioning.line import parse_line
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.release import parse_release

SCHEME = CalendarVersions(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("last", "taken", "following"),
    [
        (None, (), "2026.11.0"),
        ("2026.10.4", (), "2026.11.0"),
        ("2026.11.0", (), "2026.11.1"),
        ("2026.11.0", ("2026.11.1", "2026.11.2"), "2026.11.3"),
        (None, ("2026.11.0",), "2026.11.1"),
        (None, ("2026.11.0.dev1",), "2026.11.0"),
        ("2026.12.0", (), "2026.12.1"),
        ("2027.1.3", (), "2027.1.4"),
        ("1.4.0", (), "2026.11.0"),
    ],
)
@pytest.mark.parametrize("change", [Change.PATCH, Change.MAJOR])
def test_the_month_and_a_count(last: str | None, taken: tuple[str, ...], following: str, change: Change) -> None:
    start = parse_release(last) if last else None
    assert SCHEME.next_release(start, change, releases(*taken)) == parse_release(following)


def test_nothing_is_released_without_a_change() -> None:
    assert SCHEME.next_release(parse_release("2026.10.0"), Change.NONE, ()) is None


def test_siblings_are_required_exactly() -> None:
    release = parse_release("2026.11.0")
    assert (SCHEME.python_bound(release), SCHEME.npm_bound(release)) == ("==2026.11.0", "2026.11.0")


@pytest.mark.parametrize(
    ("change", "step"), [(Change.PATCH, Change.PATCH), (Change.MINOR, Change.PATCH), (Change.MAJOR, Change.MAJOR)]
)
def test_a_release_of_a_sibling_releases_its_dependants(change: Change, step: Change) -> None:
    plan = plan_releases(
        [standing("common", "2026.10.0", change), standing("user", "2026.10.3", needs="common")], Numbering(SCHEME)
    )
    assert spell({module.module: module.next for module in plan.modules}) == {
        "common": "2026.11.0",
        "user": "2026.11.0",
    }
    (reason,) = plan.modules[1].reasons
    assert (reason.change, reason.message) == (step, "acme-common goes to 2026.11.0, outside of ==2026.10.0")


def test_there_are_no_lines() -> None:
    with pytest.raises(UsageError, match="there is no line"):
        plan_releases([standing("user", "2026.10.0", line=parse_line("2026"))], Numbering(SCHEME))
