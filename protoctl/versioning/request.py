"""A version that a person asks for, like 1.0.0: only upwards, and never lower than what the change takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import UsageError

if TYPE_CHECKING:
    from protoctl.versioning.release import Release
    from protoctl.versioning.standing import Standing


def take_request(standing: Standing, last: Release | None, least: Release | None) -> Release | None:
    """Give the version asked for, or `least`, the one that the change takes, when nobody asks.

    A module without a change can be asked for too: that is how 0.y becomes 1.0.0. Raises UsageError for a version that
    is no final one, is taken, is not on the line, or too low.
    """
    asked = standing.request
    if asked is None:
        return least
    if not asked.is_final:
        raise refusal(standing, "is no final version", "leave the phase out; previews are numbered by themselves")
    if asked in standing.history.taken:
        raise refusal(standing, "is already taken", f"ask for more than {least.python}" if least else "ask for more")
    if standing.line and not standing.line.has(asked):
        raise refusal(standing, f"is not on the line {standing.line}", "ask for a version on it, or leave the line out")
    if least and asked.version < least.version:
        raise refusal(standing, "is lower than what changed takes", f"it must be at least {least.python}")
    if last and asked.version < last.version:
        raise refusal(standing, f"is lower than the last release {last.python}", "versions only go upwards")
    return asked


def refusal(standing: Standing, why: str, hint: str) -> UsageError:
    """Give the error for a version that cannot be had."""
    asked = standing.request.python if standing.request else ""
    return UsageError(f"version {asked} {why}", where=standing.module, hint=hint)
