"""Unfinished: releases that an earlier run began, as the indexes show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.flows.receipts import find_receipt
from protoctl.flows.tagging import tag_name
from protoctl.indexes.access.digests import is_digest_of, is_strong
from protoctl.packaging.manifest import read_manifest
from protoctl.publishing.shipment import end_of, find_listed
from protoctl.versioning.dist_tag import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from protoctl.flows.plan import Survey
    from protoctl.flows.published import Publication, Published
    from protoctl.flows.session import Session
    from protoctl.flows.tagging import Tagger
    from protoctl.model.artifact import Artifact
    from protoctl.model.index import Index, Listed
    from protoctl.versioning.release import Release

KINDS = {"python": (".whl", ".tar.gz"), "node": (".tgz",)}
"""What a release has in each language."""


@dataclass(frozen=True)
class Unfinished:
    """A release of which something is missing."""

    module: str
    release: Release
    missing: tuple[str, ...]
    """What is not on the indexes, for people; empty when only papers or the tag of git are not there."""
    has_receipt: bool = False
    """Whether this work tree has the receipt of the release, which is written after all other papers."""


def find_unfinished(
    session: Session, found: Survey, indexes: Mapping[str, Index], tagger: Tagger | None, out: Path
) -> dict[str, Unfinished]:
    """Give module → its last release where that lacks something, for planned modules; previews finish nothing.

    `out` is `dist/`, which tells whether this work tree made a release that has no receipt.
    """
    unfinished = {}
    for planned in found.plan.modules:
        history = found.catalogue[planned.module]
        publication = history.find(planned.last) if planned.last else None
        is_preview = planned.next is not None and not planned.next.is_final
        if publication is None or is_preview or planned.module not in found.packages:
            continue
        missing = tuple(find_missing(history, publication, indexes))
        receipt = find_receipt(session.workspace.root, planned.module, publication.release.python)
        is_mine = receipt is not None or is_made_here(out, planned.module, publication)
        name = tag_name(planned.module, publication.release)
        lacks_tag = tagger is not None and tagger.is_missing(name, is_mine=is_mine)
        if missing or lacks_tag or (is_mine and not receipt):
            one = Unfinished(planned.module, publication.release, missing, has_receipt=receipt is not None)
            unfinished[planned.module] = one
    return unfinished


def find_missing(history: Published, publication: Publication, indexes: Mapping[str, Index]) -> Iterator[str]:
    """Give what an index lacks of a version: files, and npm's `latest` on the highest release."""
    for index in indexes.values():
        for target in sorted(index.targets):
            mine = [one for one in publication.offers if (one.index.name, one.target) == (index.name, target)]
            ends = {end_of(one.listed.file) for one in mine}
            yield from (f"the {target} {end} on {index.name}" for end in KINDS[target] if end not in ends)
            is_highest = history.last is publication
            if target == "node" and mine and is_highest and not any(LATEST in one.listed.tags for one in mine):
                yield f"the dist-tag {LATEST} on {index.name}"


def is_made_here(out: Path, module: str, publication: Publication) -> bool:
    """Tell whether `dist/` holds a version of a module, each file as the indexes list it."""
    made = [one for one in read_manifest(out).artifacts if one.module == module]
    listings = [offer.listed for offer in publication.offers]
    return bool(made) and all(is_listed(out, one, listings) for one in made)


def is_listed(out: Path, artifact: Artifact, listings: Sequence[Listed]) -> bool:
    """Tell whether indexes list a file of `dist/` with its digest."""
    listed = find_listed(artifact, listings)
    try:
        data = (out / artifact.path).read_bytes()
    except OSError:
        return False
    return listed is not None and is_strong(listed.digest) and is_digest_of(listed.digest, data)
