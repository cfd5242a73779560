"""Cases in which we do not say what a corpus says, each with the reason why."""

from __future__ import annotations

SEMVER: dict[tuple[str, str], str] = {}
"""Name of a case and what differs (`change`, or a consumer) to the reason."""
BREAKING: dict[tuple[str, str, str], str] = {}
"""Name of a case, rule of buf and element to the reason; what holds for a rule everywhere stands in `buf.reasons`."""
