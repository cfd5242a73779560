"""The plan as a comment on a pull request: a table, then each module's reasons, breaks first and the rest folded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from protoctl.kit.markdown import code, cut, escape, fit, fold, shorten, table
from protoctl.kit.text import plural
from protoctl.model.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protoctl.reports.plan import PlanListing
    from protoctl.versioning.reason import Reason
    from protoctl.versioning.release_plan import ModulePlan, ReleasePlan

FEWEST = 10
"""Remarks that are shown however little room there is."""


def render(listing: PlanListing) -> str:
    """Give Markdown that fits into a comment on GitHub; lists that do not fit say how much is left out."""
    return fit(partial(compose, listing))


def compose(listing: PlanListing, most: int) -> Iterator[str]:
    """Give the lines of a plan with lists of at most so many entries."""
    plan = listing.plan
    yield "### Release plan"
    yield ""
    if plan.released:
        head = ("module", "last", "next", "change", "")
        yield from table(head, [cells(module) for module in plan.released[:most]])
    else:
        yield "Nothing to release."
    yield ""
    yield from rest_of(plan, most)
    for module in plan.released[:most]:
        yield from module_lines(module, listing.proto_root, most)


def cells(module: ModulePlan) -> tuple[str, ...]:
    """Give a module's row."""
    breaks, accepted = len(module.unaccepted), len(module.accepted)
    said = [f"**{plural(breaks, 'break')} not accepted**"] if breaks else []
    said += [f"{plural(accepted, 'break')} accepted"] if accepted else []
    tag = module.dist_tag if module.dist_tag != "latest" else ""
    said += [f"npm tag {escape(tag)}"] if tag else []
    last = module.last.python if module.last else "new"
    following = module.next.python if module.next else ""
    return escape(module.module), last, f"**{following}**", str(module.change), ", ".join(said)


def rest_of(plan: ReleasePlan, most: int) -> Iterator[str]:
    """Give what is said of the plan as a whole."""
    lines = []
    if len(plan.released) > most:
        lines.append(f"- … and {plural(len(plan.released) - most, 'module')} more")
    still = len(plan.modules) - len(plan.released)
    if still:
        lines.append(f"- {plural(still, 'module')} without a change")
    for module in plan.modules:
        lines += [f"- expired: {named(one.rule, one.element)} until {escape(one.until)}" for one in module.expired]
    lines += [f"- accepted, and nothing of the kind changed: {named(one.rule, one.element)}" for one in plan.unused]
    lines += [f"- {escape(shorten(note))}" for note in plan.notes]
    if lines:
        yield from cut(lines, max(most, FEWEST), "remark", str)
        yield ""


def named(rule: str, element: str) -> str:
    """Give an entry of the configuration."""
    return f"{escape(shorten(rule))} of {escape(shorten(element))}"


def module_lines(module: ModulePlan, proto_root: str, most: int) -> Iterator[str]:
    """Give a module's reasons: breaks open, everything else folded."""
    following = module.next.python if module.next else ""
    yield f"#### {escape(module.module)} {following}"
    yield ""
    write = partial(item, proto_root=proto_root)
    breaks = [reason for reason in module.reasons if reason.change is Change.MAJOR]
    if breaks:
        yield from cut(breaks, most, "break", write)
        yield ""
    others = [reason for reason in module.reasons if reason.change is not Change.MAJOR]
    if others:
        yield from fold(summary_of(others), cut(others, most, "change", write))
        yield ""


def summary_of(reasons: Sequence[Reason]) -> str:
    """Give how many of each step there are."""
    steps = [str(reason.change) for reason in reasons if reason.change]
    counts = [f"{steps.count(step)} {step}" for step in dict.fromkeys(steps)]
    return ", ".join(counts) or plural(len(reasons), "reason")


def item(reason: Reason, proto_root: str) -> str:
    """Give one entry: where, what, by which rule, and why it is accepted."""
    place = code(shorten(reason.place(proto_root)))
    parts = filter(None, (escape(reason.origin), place, escape(shorten(reason.message))))
    rule = f" ({escape(reason.matter.rule)})" if reason.matter and reason.matter.rule else ""
    line = f"- {' '.join(parts)}{rule}"
    if reason.acceptance:
        return f"{line}; accepted: {escape(shorten(reason.acceptance.reason))}"
    return f"{line}; **not accepted**" if reason.is_unaccepted else line
