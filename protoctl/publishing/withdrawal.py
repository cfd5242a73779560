"""What a withdrawn version leaves to do: where npm's `latest` goes, and whom it leaves without a version that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.publishing.shipment import is_same_version, release_or_none
from protoctl.versioning.dist_tag import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from protoctl.model.index import Listed
    from protoctl.versioning.release import Release
    from protoctl.versioning.requirements import Bound


@dataclass(frozen=True)
class Dependant:
    """A release whose requirement has the withdrawn version as the lowest, or as the only one."""

    module: str
    """Its name."""
    version: str
    """PEP 440."""
    requires: str
    """As its metadata write it."""
    is_stranded: bool
    """Whether no other version fits, so that only installers that take withdrawn ones install it."""


def next_latest(listing: Sequence[Listed], version: str, *, is_undo: bool) -> str:
    """Give the version that `latest` moves to when `version` is withdrawn, or given back; nothing when it stays.

    Away from the withdrawn one it goes to the highest final release that is left, and back only forward.
    """
    holder = next((one for one in listing if LATEST in one.tags), None)
    others = [one for one in listing if not is_same_version(one.version, version)]
    if is_undo:
        held = release_or_none(holder.version) if holder else None
        back = release_or_none(version)
        is_higher = back is not None and back.is_final and (held is None or back.version > held.version)
        return version if is_higher else ""
    if holder is None or holder in others:
        return ""
    left = [(found.version, one.version) for one in others if (found := live_final(one))]
    return max(left)[1] if left else ""


def is_latest(listing: Iterable[Listed], version: str) -> bool:
    """Tell whether `latest` stands on a version."""
    return any(LATEST in one.tags and is_same_version(one.version, version) for one in listing)


def live_final(listed: Listed) -> Release | None:
    """Give the release of a listing that anybody should be led to; None for previews and what is withdrawn."""
    release = release_or_none(listed.version)
    return release if release and release.is_final and not listed.is_withdrawn else None


def find_dependant(
    module: str, version: str, bounds: Iterable[Bound], withdrawn: Release, left: Iterable[Release]
) -> Dependant | None:
    """Give the dependant that a module's release is, judged by what it requires of the withdrawn distribution."""
    for bound in bounds:
        if not bound.admits(withdrawn):
            continue
        is_stranded = not any(bound.admits(one) for one in left)
        if is_stranded or is_same_version(bound.floor, withdrawn.python):
            return Dependant(module, version, bound.text, is_stranded)
    return None
