"""Comments, which are the documentation in generated code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change
from protoctl.versioning.comments import changed_comments, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

CHANGED = Rule("comments-changed", "Comments differ, and the documentation in generated code with them", Change.PATCH)
RULES = (CHANGED,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files with other comments on what both sides have, once each."""
    for pair in comparison.files.both:
        subjects = changed_comments(pair.baseline.descriptor, pair.current.descriptor)
        if subjects:
            names = listing(dict.fromkeys(spelled(one) or "itself" for one in subjects))
            yield CHANGED.on_pair(comparison, pair, f"file {pair.current.full_name} has other comments on {names}")
