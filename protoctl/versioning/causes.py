"""Everything that asks for a step of one module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.model.change import Change
from protoctl.versioning.acceptance import find_acceptance
from protoctl.versioning.policy import step_of
from protoctl.versioning.reason import Reason, Subject
from protoctl.versioning.standing import Inherited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protoctl.versioning.numbering import Numbering
    from protoctl.versioning.release import Release
    from protoctl.versioning.release_plan import ModulePlan
    from protoctl.versioning.standing import Standing


def find_reasons(
    standing: Standing, last: Release | None, planned: Mapping[str, ModulePlan], numbering: Numbering
) -> Iterator[Reason]:
    """Give every reason, in no order; `last` is the release that was compared with, `planned` are the siblings."""
    if standing.request:
        yield Reason(Change.NONE, f"version {standing.request.python} is asked for")
    if last is None:
        yield begin(standing)
        return
    if standing.is_unknown:
        yield Reason(Change.MAJOR, f"release {last.python} holds no schema; nothing is known to be compatible")
    for difference in standing.differences:
        yield from judge(Inherited("", difference), standing, last, numbering)
    for one in standing.inherited:
        sibling = planned.get(one.origin) if one.is_sibling else None
        yield from judge(one, standing, (sibling and sibling.last) or last, numbering)
    for cause in standing.causes:
        found = find_acceptance(cause, numbering.acceptances, last) if cause.change is Change.MAJOR else None
        yield Reason(cause.change, cause.message, Subject.DEPENDENCY, cause=cause, acceptance=found)
    yield from follow_siblings(standing, planned, numbering)


def begin(standing: Standing) -> Reason:
    """Give the reason of a module that consumers cannot get."""
    if any(release.is_final for release in standing.history.withdrawn):
        return Reason(Change.MAJOR, "every release was withdrawn; nothing is known to be compatible")
    return Reason(Change.MINOR, "first release")


def judge(one: Inherited, standing: Standing, last: Release, numbering: Numbering) -> Iterator[Reason]:
    """Give the reason that a difference is, nothing when no consumer could notice it.

    `last` is the last release of whose protos it is in: that decides whether an acceptance still counts.
    """
    difference = one.difference
    change = step_of(difference, numbering.policy, standing.unstable)
    if change is not Change.NONE:
        yield Reason(
            change,
            difference.message,
            Subject.SCHEMA,
            difference=difference,
            reached=difference.affected(numbering.policy.counted),
            origin=one.origin,
            is_sibling=one.is_sibling,
            acceptance=find_acceptance(difference, numbering.acceptances, last) if change is Change.MAJOR else None,
        )


def follow_siblings(standing: Standing, planned: Mapping[str, ModulePlan], numbering: Numbering) -> Iterator[Reason]:
    """Give a reason for each sibling whose version leaves what the module's last package requires."""
    for name in sorted(standing.needs):
        sibling = planned.get(name)
        following = sibling and (sibling.next or sibling.last)
        required = standing.built_with.get(name) or (sibling and sibling.last)
        if sibling and following and required and not numbering.scheme.is_inside(required, following):
            yield leave_bound(sibling, required, following, numbering)


def leave_bound(sibling: ModulePlan, required: Release, following: Release, numbering: Numbering) -> Reason:
    """Give the reason that a sibling is; one that went back to an older release breaks nobody who has a newer one."""
    label, bound = sibling.standing.label, numbering.scheme.python_bound(required)
    if following.version < required.version:
        return Reason(Change.PATCH, f"{label} is back at {following.python}, outside of {bound}", Subject.DEPENDENCY)
    is_break = numbering.scheme.has_lines or sibling.change is Change.MAJOR
    verb = "goes to" if sibling.next else "is at"
    message = f"{label} {verb} {following.python}, outside of {bound}"
    return Reason(Change.MAJOR if is_break else Change.PATCH, message, Subject.DEPENDENCY)
