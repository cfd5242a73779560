"""Short ways to write what planning is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.model.change import Change, Effect, Effects
from protoctl.model.difference import Difference, Site
from protoctl.versioning.history import History
from protoctl.versioning.release import Release, parse_release
from protoctl.versioning.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYONE = Effects(Effect.BREAK, Effect.BREAK, Effect.BREAK, Effect.BREAK)


def releases(*texts: str) -> tuple[Release, ...]:
    """Give releases in the order written."""
    return tuple(parse_release(text) for text in texts)


def differ(change: Change, element: str = "acme.user.v1.User.name", **more: object) -> Difference:
    """Give a difference at line 12 of `acme/user/v1/user.proto`; a break breaks everyone."""
    values: dict[str, object] = {
        "rule": f"test-{change}",
        "element": element,
        "message": f"{element} is a {change} difference",
        "change": change,
        "effects": EVERYONE if change is Change.MAJOR else Effects(),
        "now": Site("acme/user/v1/user.proto", 12, 3),
    }
    return Difference(**(values | more))  # type: ignore[arg-type]


def standing(module: str, last: str = "", change: Change = Change.NONE, needs: str = "", **more: object) -> Standing:
    """Give a module with one difference of a step, and the names that it needs, separated by blanks."""
    values: dict[str, object] = {
        "history": History(releases(last) if last else ()),
        "differences": (differ(change),) if change else (),
        "needs": tuple(needs.split()),
        "distributions": {"python": f"acme-{module}", "node": f"@acme/{module}"},
    }
    return Standing(module, **(values | more))  # type: ignore[arg-type]


def spell(found: Mapping[str, Release | None]) -> dict[str, str]:
    """Give the releases that there are as Python writes them."""
    return {name: release.python for name, release in found.items() if release}
