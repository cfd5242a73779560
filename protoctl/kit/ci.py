"""Whether a machine builds for itself or for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_ci(environment: Mapping[str, str]) -> bool:
    """Tell whether this is a job of a CI system: all set CI, but for Jenkins, which tells its address."""
    return environment.get("CI", "").lower() not in {"", "0", "false"} or bool(environment.get("JENKINS_URL"))
