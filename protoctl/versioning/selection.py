"""A part of a plan: some modules, and what must be published before them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protoctl.kit.dag import closure

if TYPE_CHECKING:
    from collections.abc import Collection

    from protoctl.versioning.release_plan import ReleasePlan


def select_modules(plan: ReleasePlan, names: Collection[str]) -> ReleasePlan:
    """Give the plan of some modules and of all released ones that they need, directly or not.

    A package is made from the workspace's protos, so what it needs must not be older than these. What else the whole
    plan would release is noted, each with its step: a dependant that is left behind takes it with its own release.
    Accepted breaks that nothing uses are not told, since the rest was not looked at.
    """
    needs = {module.module: module.standing.needs for module in plan.modules}
    needed = closure(names, needs)
    kept = [one for one in plan.modules if one.module in names or (one.module in needed and one.next)]
    left = [one for one in plan.released if one.module not in needed]
    listed = ", ".join(f"{one.module} ({one.change})" for one in left)
    notes = (*plan.notes, f"left for another time: {listed}") if listed else plan.notes
    return replace(plan, modules=tuple(kept), unused=(), notes=notes)
