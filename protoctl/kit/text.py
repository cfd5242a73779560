"""Small services for messages to people."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OUT_OF_DATE = re.compile(
    r"(?i)certificate (has )?expired|not (yet valid|valid (yet|before|after))|CERT_(HAS_EXP|NOT_YET)"
)
"""How rustls, OpenSSL, Node and Go say it."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Give the most similar known word, or nothing when none is near."""
    return next(iter(get_close_matches(word, list(known), n=1)), "")


def plural(count: int, noun: str) -> str:
    """Give `1 file` or `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listing(words: Iterable[str], most: int = 6) -> str:
    """Give `a, b and c`, or `a, b and 4 more` when there are more than the most."""
    all_words = list(words)
    if len(all_words) > most:
        all_words = [*all_words[: most - 1], f"{len(all_words) - most + 1} more"]
    return " and ".join(part for part in (", ".join(all_words[:-1]), *all_words[-1:]) if part)


def size(count: int) -> str:
    """Give bytes as `980 B`, `1.5 kB` or `131.0 MB`, in powers of ten."""
    amount, units = float(count), ["kB", "MB", "GB"]
    unit = "B"
    while units and round(amount, 1) >= 1000:  # noqa: PLR2004  a kilobyte
        amount, unit = amount / 1000, units.pop(0)
    return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"


def clock_hint(said: str) -> str:
    """Give what to do when a program refused a certificate for its dates, which a wrong clock does to good ones."""
    return "check this machine's clock, then the server's certificate" if OUT_OF_DATE.search(said) else ""


def printable(text: str) -> str:
    """Give text whose control characters, bidirectional ones among them, are escaped: terminals would obey them."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
