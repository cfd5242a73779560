"""Small services for messages to people."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Give the most similar known word, or nothing when none is near."""
    return next(iter(get_close_matches(word, list(known), n=1)), "")


def plural(count: int, noun: str) -> str:
    """Give `1 file` or `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def size(count: int) -> str:
    """Give bytes as `980 B`, `1.5 kB` or `131.0 MB`, in powers of ten."""
    amount, units = float(count), ["kB", "MB", "GB"]
    unit = "B"
    while units and round(amount, 1) >= 1000:  # noqa: PLR2004  a kilobyte
        amount, unit = amount / 1000, units.pop(0)
    return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"


def printable(text: str) -> str:
    """Give text whose control characters, bidirectional ones among them, are escaped: terminals would obey them."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
