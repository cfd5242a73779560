"""The stable JSON of `plan --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protoctl.kit.json_text import json_text

if TYPE_CHECKING:
    from protoctl.model.acceptance import Acceptance
    from protoctl.reports.plan import PlanListing
    from protoctl.versioning.reason import Reason
    from protoctl.versioning.release import Release
    from protoctl.versioning.release_plan import ModulePlan

FORMAT = 1


def render(listing: PlanListing) -> str:
    """Give `{"format", "modules": [{"module", "last", "change", "next", "reasons": [], …}], "unused", "notes"}`.

    Modules are in the order of publishing; `last` and `next` are null when there is none.
    """
    plan = listing.plan
    return json_text(
        {
            "format": FORMAT,
            "modules": [module_row(module, listing.proto_root) for module in plan.modules],
            "unused": [acceptance_row(one) for one in plan.unused],
            "notes": list(plan.notes),
        }
    )


def module_row(module: ModulePlan, proto_root: str) -> dict[str, Any]:
    """Give one module; versions as Python writes them, beside npm's in `distributions`."""
    return {
        "module": module.module,
        "last": module.last.python if module.last else None,
        "change": str(module.change),
        "next": module.next.python if module.next else None,
        "reasons": [reason.sentence(proto_root) for reason in module.reasons],
        "accepted": [break_row(reason, proto_root) for reason in module.accepted],
        "unaccepted": [break_row(reason, proto_root) for reason in module.unaccepted],
        "expired": [acceptance_row(one) for one in module.expired],
        "line": str(module.standing.line) if module.standing.line else None,
        "dist_tag": module.dist_tag or None,
        "distributions": [
            {
                "target": target,
                "name": name,
                "last": spelled(target, module.last),
                "next": spelled(target, module.next),
            }
            for target, name in sorted(module.standing.distributions.items())
        ],
    }


def spelled(target: str, release: Release | None) -> str | None:
    """Give a version as a target's index writes it."""
    if release is None:
        return None
    return release.npm if target == "node" else release.python


def break_row(reason: Reason, proto_root: str) -> dict[str, Any]:
    """Give one break, with why it is accepted when it is."""
    difference = reason.difference
    row: dict[str, Any] = {"message": reason.message, "place": reason.place(proto_root)}
    if reason.matter:
        row |= {"rule": reason.matter.rule, "element": reason.matter.element}
    row["remedy"] = difference.remedy if difference else ""
    if reason.acceptance:
        row |= {"reason": reason.acceptance.reason, "until": reason.acceptance.until}
    return row


def acceptance_row(acceptance: Acceptance) -> dict[str, Any]:
    """Give one entry of the configuration."""
    return {
        "rule": acceptance.rule,
        "element": acceptance.element,
        "reason": acceptance.reason,
        "until": acceptance.until,
    }
