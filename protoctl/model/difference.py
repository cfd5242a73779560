"""What a rule of the comparison says about an element: a finding with two places, effects and a version step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.model.change import Change, Consumer, Effect, Effects

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Site:
    """A place in one of the two schemas."""

    file: str
    """Path below the proto root."""
    line: int
    """From 1."""
    column: int
    """From 1."""

    def __str__(self) -> str:
        """Give `file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Difference:
    """One difference between baseline and current."""

    rule: str
    """The rule's identifier, like `field-deleted`."""
    element: str
    """Full name of what differs, like `acme.user.v1.User.name`; the path for a file."""
    message: str
    """One sentence without a full stop, in words of a consumer, with old and new value."""
    change: Change
    """The step that it takes when every consumer counts."""
    effects: Effects
    """What it does to each consumer."""
    now: Site
    """Where the element is, or the nearest one around where it was; line 1 of its file when nothing is left."""
    before: Site | None = None
    """Where it was; nothing for what is new."""
    remedy: str = ""
    """What to do instead, as a person would write it; nothing when there is no better way."""

    def affected(self, counted: Collection[Consumer] = tuple(Consumer)) -> tuple[Consumer, ...]:
        """Give the counted consumers for whom something can stop working; of a step below major, those surely hit."""
        least = Effect.CONDITIONAL if self.change is Change.MAJOR else Effect.BREAK
        return tuple(one for one in Consumer if one in counted and self.effects.of(one) >= least)

    def change_for(self, counted: Collection[Consumer]) -> Change:
        """Give the step when only some consumers count: a break of nobody among them is a minor one."""
        if self.change is Change.MAJOR and not self.affected(counted):
            return Change.MINOR
        return self.change


def by_site(difference: Difference) -> tuple[str, int, int, str, str, str]:
    """Give the key that sorts differences for reports."""
    site = difference.now
    return (site.file, site.line, site.column, difference.rule, difference.element, difference.message)
