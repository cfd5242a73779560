"""Unfinished: releases that an earlier run began, as the indexes show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.flows.receipts import find_receipt
from protoctl.flows.tagging import tag_name
from protoctl.publishing.shipment import end_of
from protoctl.versioning.dist_tag import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protoctl.flows.plan import Survey
    from protoctl.flows.published import Publication, Published
    from protoctl.flows.session import Session
    from protoctl.flows.tagging import Tagger
    from protoctl.model.index import Index
    from protoctl.versioning.release import Release

KINDS = {"python": (".whl", ".tar.gz"), "node": (".tgz",)}
"""What a release has in each language."""


@dataclass(frozen=True)
class Unfinished:
    """A release of which something is missing."""

    module: str
    release: Release
    missing: tuple[str, ...]
    """What is not there, for people; empty when only the tag of git is."""


def find_unfinished(
    session: Session, found: Survey, indexes: Mapping[str, Index], tagger: Tagger | None
) -> dict[str, Unfinished]:
    """Give module → its last release where that lacks something, for planned modules; previews finish nothing."""
    unfinished = {}
    for planned in found.plan.modules:
        history = found.catalogue[planned.module]
        publication = history.find(planned.last) if planned.last else None
        is_preview = planned.next is not None and not planned.next.is_final
        if publication is None or is_preview or planned.module not in found.packages:
            continue
        missing = tuple(find_missing(history, publication, indexes))
        if missing or lacks_tag(session, planned.module, publication.release, tagger):
            unfinished[planned.module] = Unfinished(planned.module, publication.release, missing)
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


def lacks_tag(session: Session, module: str, release: Release, tagger: Tagger | None) -> bool:
    """Tell whether the commit of a release is not tagged yet."""
    if tagger is None:
        return False
    has_receipt = find_receipt(session.workspace.root, module, release.python) is not None
    return tagger.is_missing(tag_name(module, release), has_receipt=has_receipt)
