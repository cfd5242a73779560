"""What was released of a module, as indexes tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from protoctl.model.index import Index, Listed
    from protoctl.versioning.release import Release


@dataclass(frozen=True)
class Offer:
    """One file of a version, where an index has it."""

    index: Index
    target: str
    """`python` or `node`."""
    listed: Listed


@dataclass(frozen=True)
class Publication:
    """One version of a module that some index has."""

    release: Release
    offers: tuple[Offer, ...]
    """At least one; what is fetched first stands first."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether nobody is to install it any more: every file is yanked or deprecated."""
        return all(offer.listed.is_withdrawn for offer in self.offers)

    @property
    def is_baseline(self) -> bool:
        """Whether the next version is measured against it: a release, not before one, and not withdrawn."""
        return not Version(self.release.python).is_prerelease and not self.is_withdrawn


@dataclass(frozen=True)
class Published:
    """What was released of a module."""

    module: str
    publications: tuple[Publication, ...]
    """Every version on any index, withdrawn ones, pre-releases and development releases included, ascending."""

    @property
    def last(self) -> Publication | None:
        """The highest release that is a baseline, whenever it was uploaded; None when there is none."""
        return next((one for one in reversed(self.publications) if one.is_baseline), None)

    @property
    def live(self) -> tuple[Release, ...]:
        """The versions that consumers can get, ascending."""
        return tuple(one.release for one in self.publications if not one.is_withdrawn)

    @property
    def withdrawn(self) -> tuple[Release, ...]:
        """The versions that were yanked or deprecated, ascending; they stay taken."""
        return tuple(one.release for one in self.publications if one.is_withdrawn)

    @property
    def taken(self) -> frozenset[str]:
        """Every version that cannot be released again, as PEP 440 writes it."""
        return frozenset(one.release.python for one in self.publications)

    def find(self, release: Release) -> Publication | None:
        """Give what is published of a version, or None."""
        return next((one for one in self.publications if one.release == release), None)
