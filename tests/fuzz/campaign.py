"""Examples by hypothesis: for as long as is wanted, or the same few each time."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, seed, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hypothesis.strategies import SearchStrategy

SHRINKING = 10
"""Seconds in which a smaller value that fails too is looked for."""
ROUND = 200
"""Examples between two looks at the clock."""


@dataclass(frozen=True)
class Report:
    """What came of one subject."""

    subject: str
    """Its name."""
    examples: int
    """How many inputs were tried."""
    seconds: float
    """How long it took."""
    fault: str = ""
    """The traceback with the smallest input that was found, or nothing."""


def campaign(
    subject: str, strategy: SearchStrategy[Any], check: Callable[[Any], None], seconds: float, size: int = ROUND
) -> Report:
    """Try rounds of `size` examples until the time is over or a fault is found; one fixed round for no seconds."""
    start = time.monotonic()
    tried = 0
    failed: dict[str, float] = {}

    def one(value: Any) -> None:  # noqa: ANN401  whatever the strategy gives
        """Count and check; smaller values are looked for no longer than SHRINKING."""
        nonlocal tried
        tried += 1
        key = repr(value)
        if failed and key not in failed and time.monotonic() - min(failed.values()) > SHRINKING:
            return
        try:
            check(value)
        except BaseException:
            failed.setdefault(key, time.monotonic())
            raise

    bounds = settings(
        max_examples=size,
        deadline=None,
        database=None,
        derandomize=not seconds,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    number = int(time.time())
    try:
        while True:
            attempt = given(strategy)(one)
            bounds(seed(number)(attempt) if seconds else attempt)()
            number += 1
            if time.monotonic() - start >= seconds:
                break
    except BaseException:  # noqa: BLE001  whatever it is, it is the finding
        return Report(subject, tried, time.monotonic() - start, traceback.format_exc())
    return Report(subject, tried, time.monotonic() - start)
