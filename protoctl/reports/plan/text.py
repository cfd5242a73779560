"""A line for each module that is released, its reasons below it, then what is stale and a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.text import plural, printable
from protoctl.model.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.reports.plan import PlanListing
    from protoctl.versioning.release_plan import ModulePlan, ReleasePlan


def render(listing: PlanListing) -> str:
    """Give lines for a terminal: every reason of the deciding step, a count of the others."""
    plan = listing.plan
    lines = [line for module in plan.modules for line in module_lines(module, listing.proto_root)]
    lines += stale_lines(plan)
    lines += plan.notes
    lines.append(total(plan))
    return "\n".join(printable(line) for line in lines)


def module_lines(module: ModulePlan, proto_root: str) -> Iterator[str]:
    """Give nothing for a module without a change that nobody asked to release."""
    if module.next is None:
        return
    came = f"{module.last.python} → " if module.last else ""
    spelling = "" if module.next.npm == module.next.python else f" (npm {module.next.npm})"
    tag = "" if module.dist_tag in {"latest", ""} else f", npm tag {module.dist_tag}"
    yield f"{module.module}: {came}{module.next.python}{spelling}, {module.change}{tag}"
    for reason in module.reasons:
        if reason.change in {module.change, Change.NONE}:
            yield f"  {reason.sentence(proto_root)}"
            if reason.acceptance:
                yield f"    accepted until {reason.acceptance.until}: {reason.acceptance.reason}"
    rest = [reason.change for reason in module.reasons if reason.change not in {module.change, Change.NONE}]
    counts = [f"{rest.count(change)} {change}" for change in sorted(set(rest), reverse=True)]
    if counts:
        yield f"  and {', '.join(counts)}"


def stale_lines(plan: ReleasePlan) -> Iterator[str]:
    """Give a line for each accepted break that the configuration should no longer hold."""
    for module in plan.modules:
        for one in module.expired:
            last = module.last.python if module.last else ""
            yield f"expired: {one.rule} of {one.element} was accepted until {one.until}, {module.module} is at {last}"
    for one in plan.unused:
        yield f"unused: {one.rule} of {one.element} is accepted, and nothing of the kind changed"


def total(plan: ReleasePlan) -> str:
    """Give what is released, and what keeps a checked plan from passing."""
    if not plan.released:
        return "nothing to release"
    said = f"{plural(len(plan.released), 'module')} of {len(plan.modules)} to release"
    breaks = len(plan.unaccepted)
    return f"{said}, {plural(breaks, 'break')} not accepted" if breaks else said
