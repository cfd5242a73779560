"""Parts of a plan."""

from __future__ import annotations

from planning import standing

from protoctl.model.acceptance import Acceptance
from protoctl.model.change import Change
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.selection import select_modules

PLAN = plan_releases(
    [
        standing("base", "1.0.0", Change.MINOR),
        standing("quiet", "1.0.0"),
        standing("common", "1.0.0", Change.MAJOR, "base quiet"),
        standing("user", "1.0.0", Change.PATCH, "common"),
        standing("billing", "1.0.0", needs="common"),
        standing("still", "1.0.0"),
    ],
    Numbering(acceptances=(Acceptance("x", "y", "z", "1.0.0"),)),
)


def test_what_is_needed_comes_along_and_the_rest_is_noted() -> None:
    found = select_modules(PLAN, ["user"])
    assert [module.module for module in found.modules] == ["base", "common", "user"]
    assert found.notes == ("left for another time: billing (major)",)
    assert (len(PLAN.unused), found.unused) == (1, ())


def test_a_module_without_a_change_is_shown_when_it_is_asked_for() -> None:
    assert [module.module for module in select_modules(PLAN, ["still", "quiet"]).modules] == ["quiet", "still"]


def test_everything_leaves_nothing_to_note() -> None:
    found = select_modules(PLAN, [module.module for module in PLAN.modules])
    assert (found.modules, found.notes) == (PLAN.modules, ())
