"""Rebuild: a published version made once more from its origin, and compared with what indexes have of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.flows.catalogue import fetch
from protoctl.flows.standings import distribution_names, required_siblings
from protoctl.flows.workshop import Order, Workshop
from protoctl.kit.digest import digest_bytes
from protoctl.model.trial import Fault, Trial
from protoctl.publishing.contents import compare_contents
from protoctl.publishing.shipment import end_of
from protoctl.targets import load_target
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.cache.results import FolderStore
    from protoctl.flows.origin import Origin
    from protoctl.flows.published import Offer, Publication
    from protoctl.model.artifact import Artifact
    from protoctl.packaging.embedded import Embedded
    from protoctl.versioning.release import Release

TRIES = 5
"""Origins that are rebuilt before a difference is believed."""


@dataclass(frozen=True)
class Rebuilt:
    """The packages of a version, made from an origin."""

    origin: Origin
    releases: Mapping[str, Release]
    """Module to version, of the module itself and of the siblings that it requires."""
    artifacts: tuple[Artifact, ...]
    """Sorted by path."""
    files: Mapping[str, bytes]
    """Path as in `dist/` to content."""


def rebuild(origin: Origin, package: Embedded, targets: Sequence[str]) -> Rebuilt:
    """Make a module again at the version of a package, with siblings at the versions that it requires.

    Raises what making packages raises.
    """
    session, record = origin.session, package.record
    configuration = session.workspace.configuration
    release = parse_release(record.version)
    names = distribution_names(configuration, session.workspace.modules)
    releases = {**required_siblings(package, names), record.module: release}
    everything = dict.fromkeys(session.workspace.modules, release) | releases  # of the rest, no version shows
    languages = [load_target(name, configuration) for name in targets]
    order = Order([record.module], languages, everything, origin.license_text)
    workshop = Workshop.open(session, order)
    _, batch = workshop.fill([record.module])
    artifacts = tuple(sorted(batch.artifacts, key=lambda one: one.path))
    return Rebuilt(origin, releases, artifacts, batch.fresh)


def compare(rebuilt: Rebuilt, publication: Publication, store: FolderStore) -> list[Trial]:
    """Give a trial for each published file: it passes when it was rebuilt to the byte."""
    return [compare_file(rebuilt, offer, fetch(offer, store)) for offer in publication.offers]


def compare_file(rebuilt: Rebuilt, offer: Offer, theirs: bytes) -> Trial:
    """Give the trial of one file on one index."""
    module = rebuilt.artifacts[0].module
    consumer = f"rebuild, {offer.listed.file} on {offer.index.name}"
    end = end_of(offer.listed.file)
    path = next((one for one in rebuilt.files if end and end_of(one) == end), "")
    if not path:
        return Trial(offer.target, module, consumer, skipped="protoctl makes no such file")
    ours = rebuilt.files[path]
    if ours == theirs:
        return Trial(offer.target, module, consumer)
    digests = [f"rebuilt:   sha256 {digest_bytes(ours)}", f"published: sha256 {digest_bytes(theirs)}"]
    said = "\n".join([*digests, *compare_contents(path, ours, theirs)])
    cause = f"is not what {rebuilt.origin.label} gives"
    return Trial(offer.target, module, consumer, (Fault(cause, offer.listed.file, said=said),))
