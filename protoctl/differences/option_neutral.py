"""Options that nothing in bytes, JSON, Python or Node depends on, like those of other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change
from protoctl.versioning.optioned import with_other_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.optioned import Optioned

CHANGED = Rule(
    "option-changed", "An option changes that nothing in bytes, JSON, Python or Node depends on", Change.PATCH
)
RULES = (CHANGED,)
OTHERS = ("message", "field", "extension")
"""Kinds whose options have rules of their own."""
TOLD_ELSEWHERE = frozenset({"deprecated", "py_generic_services"})
"""Options that other rules speak of."""
ALIAS = "allow_alias"
"""Not worth a word when values say why."""
LEVEL = "idempotency_level"
"""Told elsewhere when it differs; unknown and unset are the same."""


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give elements with other such options, once each."""
    for one in with_other_options(comparison):
        names = [] if one.kind in OTHERS else changed_names(one)
        if names:
            yield CHANGED.on_pair(comparison, one.pair, f"{one.title} changes its {listing(names)}", at=one.at)


def changed_names(one: Optioned) -> list[str]:
    """Give the neutral options that differ, written defaults too; features only if they come to the same."""
    before, now = (written_options(side.descriptor.options) for side in (one.pair.baseline, one.pair.current))
    names = [name for name in {**before, **now} if name not in TOLD_ELSEWHERE and before.get(name) != now.get(name)]
    if one.pair.baseline.features != one.pair.current.features and one.kind != "file":
        names = [name for name in names if name != "features"]
    if one.kind == "enum" and list(one.pair.baseline.descriptor.value) != list(one.pair.current.descriptor.value):
        names = [name for name in names if name != ALIAS]
    if one.kind == "method" and before.get(LEVEL, 0) != now.get(LEVEL, 0):
        names = [name for name in names if name != LEVEL]
    return names


def written_options(options: Message) -> dict[str, object]:
    """Give what of descriptor.proto's options is written, by name."""
    return {field.name: value for field, value in options.ListFields() if not field.is_extension}
