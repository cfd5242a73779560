"""What a rule of the comparison is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protoctl.model.change import HARMLESS, Change, Effect, Effects
from protoctl.model.difference import Difference, Site

if TYPE_CHECKING:
    from protoctl.schema.view import Path, Schema
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Element
    from protoctl.versioning.matching import Pair

SAFE, CONDITIONAL, BREAK = Effect.SAFE, Effect.CONDITIONAL, Effect.BREAK


@dataclass(frozen=True)
class Rule:
    """A rule as data."""

    id: str
    """Unique over all files, like `field-deleted`."""
    sentence: str
    """What the rule finds and why it matters, for documentation; no full stop."""
    change: Change
    """The step that a finding takes when every consumer counts."""
    effects: Effects = HARMLESS
    """The effect on each consumer, where the rule does not find out more."""

    def on_pair(
        self,
        comparison: Comparison,
        pair: Pair[Any],
        message: str,
        *,
        at: tuple[Path, Path] = ((), ()),
        effects: Effects | None = None,
        remedy: str = "",
    ) -> Difference:
        """Give a finding about an element of both schemas; `at` are locations within it, before and now."""
        before = site(comparison.baseline, pair.baseline, at[0])
        now = site(comparison.current, pair.current, at[1])
        return self.give(pair.current.full_name, message, now, before, effects=effects, remedy=remedy)

    def on_deleted(
        self,
        comparison: Comparison,
        element: Element[Any],
        message: str,
        *,
        effects: Effects | None = None,
        remedy: str = "",
    ) -> Difference:
        """Give a finding about an element of the baseline, placed at what is around it now."""
        around = comparison.nearest_current(element)
        now = site(comparison.current, around) if around else Site(element.file.name, 1, 1)
        before = site(comparison.baseline, element)
        return self.give(element.full_name, message, now, before, effects=effects, remedy=remedy)

    def on_added(
        self,
        comparison: Comparison,
        element: Element[Any],
        message: str,
        *,
        effects: Effects | None = None,
        remedy: str = "",
    ) -> Difference:
        """Give a finding about an element that is new."""
        now = site(comparison.current, element)
        return self.give(element.full_name, message, now, None, effects=effects, remedy=remedy)

    def give(
        self,
        element: str,
        message: str,
        now: Site,
        before: Site | None,
        *,
        effects: Effects | None = None,
        remedy: str = "",
    ) -> Difference:
        """Give a finding."""
        found = self.effects if effects is None else effects
        return Difference(self.id, element, message, self.change, found, now, before, remedy)


def site(schema: Schema, element: Element[Any], within: Path = ()) -> Site:
    """Give where an element, or something within it, starts."""
    place = schema.place(element.file.name, (*element.path, *within))
    return Site(element.file.name, place.line, place.column)
