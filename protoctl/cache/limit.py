"""How many bytes the results of a machine may take."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from protoctl.kit.amounts import read_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_VARIABLE = "PROTOCTL_CACHE_LIMIT"
DEFAULT_LIMIT = 5 * 10**9


def cache_limit(environment: Mapping[str, str] = os.environ) -> int:
    """Give the bytes that `PROTOCTL_CACHE_LIMIT` allows, like `500 MB` or `2GiB`, else 5 GB; raises UsageError."""
    text = environment.get(LIMIT_VARIABLE, "").strip()
    if not text:
        return DEFAULT_LIMIT
    return read_amount(LIMIT_VARIABLE, text, "write bytes or a unit, like 500 MB, 5GB or 2GiB; 0 keeps no results")
