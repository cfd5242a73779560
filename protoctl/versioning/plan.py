"""Planning: which modules are released, as what, and why.

A module takes the largest step that anything asks for: its own differences, what it inherits from imports that are
part of its data or code, its toolchain, its siblings. A sibling asks when its version leaves what the last package
requires of it. Across a break that is a major step, since no consumer can then take both without changing a
requirement; where only the exact version is allowed, it is major when the sibling's step is, and a patch otherwise. A
sibling that stays inside the bounds asks for nothing, although the next package will require its newest release: both
come from one workspace, and nobody is kept from taking it.

A module that was never released is a minor step to 0.1.0: everything in it is new. One whose last release holds no
schema takes a major step, because nothing is known to be compatible.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protoctl.errors import UsageError
from protoctl.kit.dag import order
from protoctl.model.change import Change
from protoctl.versioning.acceptance import find_expired, find_unused
from protoctl.versioning.causes import find_reasons
from protoctl.versioning.dist_tag import dist_tag
from protoctl.versioning.reason import Reason, by_weight
from protoctl.versioning.release_plan import ModulePlan, ReleasePlan
from protoctl.versioning.request import take_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.versioning.numbering import Numbering
    from protoctl.versioning.release import Release
    from protoctl.versioning.standing import Standing


def plan_releases(standings: Sequence[Standing], numbering: Numbering) -> ReleasePlan:
    """Give the plan; modules that are needed and not among the standings count as unchanged.

    There must be no cycle. Raises UsageError for a line, or a requested version, that cannot be.
    """
    known = {standing.module: standing for standing in standings}
    planned: dict[str, ModulePlan] = {}
    for name in order({name: [one for one in known[name].needs if one in known] for name in known}):
        planned[name] = plan_module(known[name], planned, numbering)
    breaks = [one.matter for module in planned.values() for one in module.breaks if one.matter]
    return ReleasePlan(tuple(planned.values()), tuple(find_unused(breaks, numbering.acceptances)))


def plan_module(standing: Standing, planned: Mapping[str, ModulePlan], numbering: Numbering) -> ModulePlan:
    """Give what comes next for a module whose siblings are planned."""
    if standing.line and not numbering.scheme.has_lines:
        raise UsageError(
            f"there is no line {standing.line}: calendar versions do not show a break", where=standing.module
        )
    last = standing.history.last(standing.line)
    reasons = tuple(sorted(find_reasons(standing, last, planned, numbering), key=by_weight))
    change = max((reason.change for reason in reasons), default=Change.NONE)
    least = numbering.scheme.next_release(last, change, standing.history.taken)
    refuse_outside_line(standing, least, reasons)
    following = take_request(standing, last, least)
    if last and following == least:
        reasons += pass_over(numbering.scheme.next_release(last, change, ()), following)
    tag = dist_tag(following, standing.history, standing.line) if following else ""
    plan = ModulePlan(standing, last, change, following, reasons, tag)
    own = [one.matter for one in plan.breaks if one.matter and not one.is_sibling]
    return replace(plan, expired=tuple(find_expired(own, numbering.acceptances, last)))


def pass_over(free: Release | None, following: Release | None) -> tuple[Reason, ...]:
    """Give why a release is not called what it would be if nothing was withdrawn."""
    if free is None or free == following:
        return ()
    return (Reason(Change.NONE, f"{free.python} was withdrawn and stays taken"),)


def refuse_outside_line(standing: Standing, following: Release | None, reasons: Sequence[Reason]) -> None:
    """Raise UsageError, with every reason of the step, when the next release would leave the line."""
    if following is None or standing.line is None or standing.line.has(following):
        return
    step = reasons[0].change
    raise UsageError(
        f"a {step} change makes {following.python}, which is not on the line {standing.line}",
        where=standing.module,
        said="\n".join(reason.sentence() for reason in reasons if reason.change is step),
        hint="take the change back on this line, or release without a line",
    )
