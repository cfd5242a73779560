"""How many bytes the results of a machine may take."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from protoctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_VARIABLE = "PROTOCTL_CACHE_LIMIT"
DEFAULT_LIMIT = 5 * 10**9
AMOUNT = re.compile(r"(\d{1,18}(?:\.\d{1,6})?) ?([kmgt]?)(i?)b?", re.ASCII | re.IGNORECASE)
POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def cache_limit(environment: Mapping[str, str] = os.environ) -> int:
    """Give the bytes that `PROTOCTL_CACHE_LIMIT` allows, like `500 MB` or `2GiB`, else 5 GB; raises UsageError.

    Units are powers of 1000, with an `i` of 1024 (IEC 80000-13).
    """
    text = environment.get(LIMIT_VARIABLE, "").strip()
    if not text:
        return DEFAULT_LIMIT
    found = AMOUNT.fullmatch(text)
    if not found or (found[3] and not found[2]):
        hint = "write bytes or a unit, like 500 MB, 5GB or 2GiB; 0 keeps no results"
        raise UsageError(f"{LIMIT_VARIABLE} is no size: {text!r}", hint=hint)
    return int(float(found[1]) * (1024 if found[3] else 1000) ** POWERS[found[2].lower()])
