"""A release as what has to be where: the files of one module on every index that takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protoctl.errors import UsageError
from protoctl.versioning.dist_tag import LATEST
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from protoctl.model.artifact import Artifact
    from protoctl.model.index import Listed
    from protoctl.versioning.release import Release

ENDS = (".whl", ".tar.gz", ".tgz")
"""How the names of packages end; of one version an index has one of each."""
STAGED = "staged"
"""npm's tag for what was uploaded and not yet compared: nobody installs it unasked."""


@dataclass(frozen=True)
class Consignment:
    """The files of one distribution for one index: a wheel and an sdist, or a tarball."""

    index: str
    """Its name in the configuration."""
    target: str
    """`python` or `node`."""
    distribution: str
    """The name as the index lists it."""
    version: str
    """As this target writes it."""
    artifacts: tuple[Artifact, ...]
    """Sorted by path, so that a wheel comes last and whoever finds it finds the sdist too."""
    dist_tag: str = ""
    """npm's tag that the version shall have; nothing for Python."""


@dataclass(frozen=True)
class Shipment:
    """The release of one module."""

    module: str
    """Its name."""
    release: Release
    """Its version."""
    consignments: tuple[Consignment, ...]
    """In the order of uploading: Python before npm, since only npm can hide a version until all are there."""
    git_tag: str = ""
    """The tag that its commit gets; nothing outside of a repository."""
    commit: str = ""
    """What it was made from, when that is not what is checked out."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Its packages by path as in `dist/`, when they do not lie there."""
    papers: Mapping[str, bytes] = field(default_factory=dict)
    """What is written beside its receipt, by file name."""


def end_of(file: str) -> str:
    """Give how the name of a package ends; nothing for what is none."""
    return next((end for end in ENDS if file.endswith(end)), "")


def find_listed(artifact: Artifact, listing: Iterable[Listed]) -> Listed | None:
    """Give the listing of an artifact's place: the same version and kind, however the index calls the file."""
    return next(
        (
            one
            for one in listing
            if end_of(one.file) == end_of(artifact.path) and is_same_version(one.version, artifact.version)
        ),
        None,
    )


def is_same_version(one: str, other: str) -> bool:
    """Tell whether two spellings mean one version."""
    return one == other or release_or_none(one) == release_or_none(other) is not None


def release_or_none(text: str) -> Release | None:
    """Give the release that a text means, or None for a version that protoctl could not have made."""
    try:
        return parse_release(text)
    except UsageError:
        return None


def choose_tag(consignment: Consignment, listing: Sequence[Listed]) -> str:
    """Give the dist-tag that a version shall get now: `latest` only forward, however long the release took.

    Nothing when it stands there already, or may not be moved any more.
    """
    wanted = consignment.dist_tag
    mine = [one for one in listing if is_same_version(one.version, consignment.version)]
    if not wanted or any(wanted in one.tags for one in mine):
        return ""
    if wanted != LATEST:
        return wanted
    higher = [one for one in listing if LATEST in one.tags and is_higher(one.version, consignment.version)]
    return "" if higher else LATEST


def is_higher(one: str, other: str) -> bool:
    """Tell whether a version is a final one above another; what cannot be read is not."""
    found, limit = (release_or_none(text) for text in (one, other))
    if found is None or limit is None:
        return False
    return found.is_final and found.version > limit.version
