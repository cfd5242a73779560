"""Options that somebody declared: what they mean is up to whoever reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import Rule
from protoctl.model.change import Change
from protoctl.versioning.optioned import with_other_options
from protoctl.versioning.options import OptionReader, custom_options
from protoctl.versioning.routes import HTTP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.optioned import Optioned

CHANGED = Rule(
    "custom-option-changed", "A custom option has another value; its readers say what it means", Change.MINOR
)
REWRITTEN = Rule("custom-option-rewritten", "A custom option has the same value in other words", Change.PATCH)
RULES = (CHANGED, REWRITTEN)
TOLD_ELSEWHERE = frozenset({("MethodOptions", HTTP)})
"""Options that another rule understands."""
LONGEST = 60
"""Characters of a value in a message."""


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give every custom option with another value, on what both sides have."""
    readers = OptionReader(comparison.baseline), OptionReader(comparison.current)
    for one in with_other_options(comparison):
        before, now = (side.descriptor.options for side in (one.pair.baseline, one.pair.current))
        raw, raw_now = custom_options(before), custom_options(now)
        for number in sorted(raw.keys() | raw_now.keys()):
            if raw.get(number) != raw_now.get(number) and (now.DESCRIPTOR.name, number) not in TOLD_ELSEWHERE:
                yield judge(comparison, one, number, readers)


def judge(comparison: Comparison, one: Optioned, number: int, readers: tuple[OptionReader, OptionReader]) -> Difference:
    """Give the finding about one option by its number."""
    options = [side.descriptor.options for side in (one.pair.baseline, one.pair.current)]
    kind = options[1].DESCRIPTOR.name
    names = [reader.name_of(kind, number) for reader in readers]
    name = f"option ({names[1] if (kind, number) in readers[1].definers else names[0]})"
    texts = [reader.text_of(option, number) for reader, option in zip(readers, options, strict=True)]
    is_set = [number in custom_options(option) for option in options]
    at = tuple((*path, number) for path in one.at)
    if all(is_set) and texts[0] and texts[0] == texts[1]:
        rule, words = REWRITTEN, "is written in other words"
    else:
        rule, words = CHANGED, changed_words(texts, is_set)
    return rule.on_pair(comparison, one.pair, f"{name} of {one.title} {words}", at=(at[0], at[1]))


def changed_words(texts: list[str], is_set: list[bool]) -> str:
    """Give what became of a value, as a person says it."""
    short = [text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…" for text in texts]
    if not is_set[0]:
        return f"is new: {short[1]}" if short[1] else "is new"
    if not is_set[1]:
        return f"is removed, it was {short[0]}" if short[0] else "is removed"
    return f"changes from {short[0]} to {short[1]}" if all(texts) else "changes its value"
