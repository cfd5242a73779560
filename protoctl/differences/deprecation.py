"""What is marked deprecated, and what no longer is; every kind of element can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import Rule
from protoctl.model.change import Change
from protoctl.versioning.optioned import with_other_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

ADDED = Rule("deprecated", "Something is marked deprecated: it works as before, and its users are warned", Change.MINOR)
REMOVED = Rule("deprecated-no-more", "Something is no longer marked deprecated", Change.PATCH)
RULES = (ADDED, REMOVED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give everything whose `deprecated` differs; oneofs have none."""
    for one in with_other_options(comparison):
        before, now = (
            getattr(side.descriptor.options, "deprecated", False) for side in (one.pair.baseline, one.pair.current)
        )
        if before == now:
            continue
        number = one.pair.current.descriptor.options.DESCRIPTOR.fields_by_name["deprecated"].number
        at = tuple((*path, number) for path in one.at)
        rule, words = (ADDED, "is deprecated") if now else (REMOVED, "is no longer deprecated")
        yield rule.on_pair(comparison, one.pair, f"{one.title} {words}", at=(at[0], at[1]))
