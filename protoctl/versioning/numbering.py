"""What a team has decided about its versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from protoctl.versioning.calendar import CalendarVersions
from protoctl.versioning.policy import Policy
from protoctl.versioning.semver import SemanticVersions

if TYPE_CHECKING:
    from protoctl.model.acceptance import Acceptance
    from protoctl.versioning.scheme import Scheme


@dataclass(frozen=True)
class Numbering:
    """The scheme, who counts, and which breaks are meant."""

    scheme: Scheme = field(default_factory=SemanticVersions)
    """How releases are numbered."""
    policy: Policy = field(default_factory=Policy)
    """Which consumers count."""
    acceptances: tuple[Acceptance, ...] = ()
    """In the order of the configuration; the first that fits is shown."""


def scheme_of(name: str, today: date = date.min) -> Scheme:
    """Give the scheme that a configuration names; what packages require of each other depends on no day."""
    return CalendarVersions(today) if name == "calendar" else SemanticVersions()
