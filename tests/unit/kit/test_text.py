"""Words for people."""

from __future__ import annotations

import pytest

from protoctl.kit.text import listing


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b and 2 more"),
    ],
)
def test_listing(words: list[str], expected: str) -> None:
    """A long list ends with how many more there are."""
    assert listing(words, most=3) == expected
