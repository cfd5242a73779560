"""What holds of every version and every plan, whatever happened before."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from planning import standing

from protoctl.errors import UsageError
from protoctl.model.change import Change
from protoctl.versioning.calendar import CalendarVersions
from protoctl.versioning.dist_tag import LATEST
from protoctl.versioning.history import History
from protoctl.versioning.line import Line
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.preview import next_preview, preview_plan
from protoctl.versioning.release import Release, release_of
from protoctl.versioning.semver import SemanticVersions

if TYPE_CHECKING:
    from protoctl.versioning.release_plan import ReleasePlan
    from protoctl.versioning.scheme import Scheme
    from protoctl.versioning.standing import Standing

SMALL = st.integers(0, 3)
FINALS = st.tuples(SMALL, SMALL, SMALL).filter(lambda numbers: numbers > (0, 0, 0)).map(release_of)
CHANGES = st.sampled_from(Change)
STEPS = st.sampled_from([Change.PATCH, Change.MINOR, Change.MAJOR])
PHASES = st.sampled_from(["dev", "a", "b", "rc"])
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
SCHEMES = st.one_of(st.just(SemanticVersions()), DAYS.map(CalendarVersions))


def semver_key(release: Release) -> tuple[object, ...]:
    """Give what Semantic Versioning sorts by (§11): numbers before words, a pre-release before its release."""
    base, _, phase = release.npm.partition("-")
    identifiers = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in phase.split(".") if part]
    return (*map(int, base.split(".")), not phase, identifiers)


@given(SCHEMES, st.none() | FINALS, STEPS, st.sets(FINALS))
def test_versions_are_free_and_only_grow(
    scheme: Scheme, last: Release | None, step: Change, taken: set[Release]
) -> None:
    found = scheme.next_release(last, step, taken)
    assert found is not None
    assert found.is_final
    assert found not in taken
    assert last is None or found.version > last.version
    assert last is None or semver_key(found) > semver_key(last)


@given(FINALS, STEPS, st.sets(FINALS))
def test_the_number_shows_a_break_and_nothing_else(last: Release, step: Change, taken: set[Release]) -> None:
    scheme = SemanticVersions()
    found = scheme.next_release(last, step, taken)
    assert found is not None
    assert scheme.is_inside(last, found) is (step is not Change.MAJOR)


@given(st.lists(st.tuples(DAYS, STEPS), min_size=2))
def test_a_calendar_never_goes_back_whatever_the_clock_does(days: list[tuple[date, Change]]) -> None:
    last: Release | None = None
    for day, step in days:
        found = CalendarVersions(day).next_release(last, step, [last] if last else [])
        assert found is not None
        assert last is None or found.version > last.version
        last = found


@given(FINALS, PHASES, st.lists(st.tuples(FINALS, PHASES, st.integers(0, 5))))
def test_previews_grow_and_stay_before_their_release(
    release: Release, phase: str, others: list[tuple[Release, str, int]]
) -> None:
    taken: set[Release] = set()
    for other, kind, _ in others:
        try:
            found = next_preview(other, kind, taken)
        except UsageError:
            continue
        same = [one for one in taken if one.numbers == other.numbers and re.sub(r"\d+$", "", one.python).endswith(kind)]
        assert found not in taken
        assert all(one.version < found.version < other.version for one in same)
        assert all(semver_key(one) < semver_key(found) < semver_key(other) for one in same)
        taken.add(found)
    assume(not any(one.numbers == release.numbers for one in taken))
    first = next_preview(release, phase, taken)
    assert first.version < release.version
    assert semver_key(first) < semver_key(release)


@st.composite
def workspaces(draw: st.DrawFn) -> list[Standing]:
    """Give modules that import earlier ones, some never released, some with withdrawn versions above the last."""
    names = [f"m{at}" for at in range(draw(st.integers(1, 5)))]
    found = []
    for at, name in enumerate(names):
        live = draw(st.sets(FINALS, max_size=3))
        needs = draw(st.sets(st.sampled_from(names[:at]), max_size=2)) if at else set()
        found.append(
            standing(
                name,
                change=draw(CHANGES),
                needs=" ".join(sorted(needs)),
                history=History(tuple(live), tuple(draw(st.sets(FINALS, max_size=2)) - live)),
            )
        )
    return found


def publish(plan: ReleasePlan, earlier: list[Standing]) -> list[Standing]:
    """Give the workspace after everything planned was released."""
    newest = {module.module: module.next or module.last for module in plan.modules}
    return [
        replace(
            one,
            history=History((*one.history.live, *filter(None, [newest[one.module]])), one.history.withdrawn),
            differences=(),
            built_with={name: release for name in one.needs if (release := newest[name])},
        )
        for one in earlier
    ]


@given(workspaces(), SCHEMES)
def test_after_a_release_nothing_is_left_to_release(modules: list[Standing], scheme: Scheme) -> None:
    plan = plan_releases(modules, Numbering(scheme))
    after = publish(plan, modules)
    assert plan_releases(after, Numbering(scheme)).released == ()
    assert plan_releases(list(reversed(modules)), Numbering(scheme)) == plan


@given(workspaces(), st.integers(1, 4))
def test_what_was_published_only_in_part_is_taken_up_again(modules: list[Standing], published: int) -> None:
    """Whatever is left out still gets a version, and no dependant stays behind a break."""
    whole = plan_releases(modules, Numbering())
    done = {module.module for module in whole.modules[:published]}
    after = {one.module: one for one in publish(whole, modules)}
    last = {module.module: module.last for module in whole.modules}
    kept = [
        after[one.module]
        if one.module in done
        else replace(one, built_with={name: release for name in one.needs if (release := last[name])})
        for one in modules
    ]
    resumed = {module.module: module.next for module in plan_releases(kept, Numbering()).modules}
    assert resumed == {module.module: None if module.module in done else module.next for module in whole.modules}


@given(workspaces())
def test_what_is_not_released_goes_with_everything_that_is(modules: list[Standing]) -> None:
    scheme = SemanticVersions()
    plan = plan_releases(modules, Numbering(scheme))
    planned = {module.module: module for module in plan.modules}
    for module in plan.modules:
        siblings = [planned[name] for name in module.standing.needs if not module.next]
        for sibling in siblings:
            assert sibling.last is None or scheme.is_inside(sibling.last, sibling.next or sibling.last)


@given(workspaces())
def test_latest_only_moves_forward_and_previews_never_are(modules: list[Standing]) -> None:
    plan = plan_releases(modules, Numbering())
    for module in plan.released:
        assert module.next is not None
        live = module.standing.history.last()
        assert module.dist_tag == LATEST
        assert live is None or module.next.version > live.version
    for module in preview_plan(plan, "main").released:
        assert module.next is not None
        assert module.dist_tag != LATEST
        assert not module.next.is_final


@given(st.sets(FINALS, min_size=1), st.sets(FINALS), CHANGES, st.data())
def test_a_line_is_never_left(live: set[Release], withdrawn: set[Release], change: Change, data: st.DataObject) -> None:
    numbers = data.draw(st.sampled_from(sorted({one.numbers[:2] for one in live})))
    line = Line(numbers if numbers[0] == 0 else numbers[: data.draw(st.integers(1, 2))])
    module = standing("user", change=change, history=History(tuple(live), tuple(withdrawn - live)), line=line)
    last = module.history.last(line)
    assert last is not None
    try:
        (found,) = plan_releases([module], Numbering()).modules
    except UsageError:
        assert change is Change.MAJOR or (change is Change.MINOR and len(line.numbers) == 2 and line.numbers[0] > 0)
        return
    assert found.last == last
    if found.next:
        assert line.has(found.next)
        assert found.next.version > last.version
        assert found.dist_tag == line.dist_tag != LATEST


@given(FINALS, CHANGES, FINALS)
def test_a_request_is_met_or_refused_and_never_lowers_the_step(last: Release, change: Change, asked: Release) -> None:
    module = standing("user", change=change, history=History((last,)), request=asked)
    least = SemanticVersions().next_release(last, change, [last])
    try:
        (found,) = plan_releases([module], Numbering()).modules
    except UsageError:
        assert asked.version <= last.version or (least and asked.version < least.version)
        return
    assert found.next == asked
    assert asked.version > last.version
    assert least is None or asked.version >= least.version


@pytest.mark.parametrize("days", [1, 31, 400])
def test_a_year_of_releases_sorts_by_day(days: int) -> None:
    start, last = date(2026, 11, 24), None
    for at in range(5):
        last = CalendarVersions(start + timedelta(days * at)).next_release(last, Change.PATCH, [])
    assert last is not None
    assert last.numbers[:2] == ((start + timedelta(days * 4)).year, (start + timedelta(days * 4)).month)
