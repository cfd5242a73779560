"""Amounts of bytes as people write them in the environment."""

from __future__ import annotations

import re

from protoctl.errors import UsageError

AMOUNT = re.compile(r"(\d{1,18}(?:\.\d{1,6})?) ?([kmgt]?)(i?)b?", re.ASCII | re.IGNORECASE)
POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def read_amount(variable: str, text: str, hint: str) -> int:
    """Give the bytes that a variable of the environment says, like `500 MB` or `2GiB`.

    Units are powers of 1000, with an `i` of 1024 (IEC 80000-13). Raises UsageError with the hint.
    """
    found = AMOUNT.fullmatch(text)
    if not found or (found[3] and not found[2]):
        raise UsageError(f"{variable} is no size: {text!r}", hint=hint)
    return int(float(found[1]) * (1024 if found[3] else 1000) ** POWERS[found[2].lower()])
