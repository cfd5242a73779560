"""Finish: what an earlier run began and left is made again from the sources that it had, and shipped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from protoctl.cache.results import FolderStore
from protoctl.flows.catalogue import fetch
from protoctl.flows.materials import list_materials
from protoctl.flows.origin import find_origins
from protoctl.flows.papers import make_papers
from protoctl.flows.rebuild import TRIES, compare, rebuild
from protoctl.flows.receipts import find_receipt
from protoctl.flows.standings import distribution_names, required_siblings
from protoctl.flows.tagging import tag_name
from protoctl.flows.verify import prove
from protoctl.kit.scratch import temporary_folder
from protoctl.model.event import Event, Level
from protoctl.packaging.embedded import read_embedded
from protoctl.publishing.shipment import Shipment
from protoctl.workspace.commits import find_commit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from protoctl.flows.plan import Survey
    from protoctl.flows.rebuild import Rebuilt
    from protoctl.flows.session import Session
    from protoctl.flows.tagging import Tagger
    from protoctl.flows.unfinished import Unfinished
    from protoctl.model.artifact import Artifact
    from protoctl.publishing.shipment import Consignment
    from protoctl.publishing.signature import Signer
    from protoctl.versioning.release import Release

    Address = Callable[[str, Sequence[Artifact]], tuple[Consignment, ...]]


@dataclass(frozen=True)
class Finisher:
    """Finishes releases one after the other; what one gives, the next may be tried with."""

    session: Session
    found: Survey
    tagger: Tagger | None
    targets: tuple[str, ...]
    """The languages that some index takes."""
    signer: Signer | None
    address: Address
    """Gives where the files of a module go."""

    def finish(self, unfinished: Sequence[Unfinished]) -> Iterator[Shipment]:
        """Give a shipment for each release whose sources are found; the others are told.

        Raises ArtifactError when what was published cannot be used with what it lacks.
        """
        made: dict[str, bytes] = {}
        with temporary_folder("finish") as folder:
            for one in unfinished:
                is_told = one.has_receipt and not one.missing
                shipment = self.tag(one, folder) if is_told else self.complete(one, folder, made)
                if shipment:
                    made |= shipment.files
                    yield shipment

    def complete(self, one: Unfinished, folder: Path, made: Mapping[str, bytes]) -> Shipment | None:
        """Give the shipment of a release that lacks files or papers, made from the sources that give what is there."""
        lacks = f"{one.module} {one.release.python} lacks {', '.join(one.missing) or 'its papers'}"
        rebuilt = self.rebuild(one, folder)
        if rebuilt is None and not one.missing:
            return self.tag(one, folder)
        if rebuilt is None:
            text = f"{lacks}, and the sources that it was made from are not to be found: it stays as it is"
            self.session.emit(Event(text, Level.WARNING))
            return None
        self.session.emit(Event(f"{lacks}: finishing it from {rebuilt.origin.label}"))
        if one.missing:
            prove(rebuilt.files, {**self.published(rebuilt), **made}, self.session.options, self.session.emit)
        shipment = Shipment(
            one.module,
            one.release,
            self.address(one.module, rebuilt.artifacts),
            tag_name(one.module, one.release) if self.tagger else "",
            rebuilt.origin.commit,
            rebuilt.files,
        )
        root = self.session.workspace.root
        commit = rebuilt.origin.commit or (self.tagger.checkout.commit if self.tagger else "")
        materials = list_materials(rebuilt.origin.session, one.module, commit)
        return replace(shipment, papers=make_papers(root, shipment, rebuilt.files, materials, self.signer))

    def rebuild(self, one: Unfinished, folder: Path) -> Rebuilt | None:
        """Give the packages from the first origin that gives every published file of a release to the byte."""
        package = self.found.packages[one.module]
        publication = self.found.catalogue[one.module].find(one.release)
        store = FolderStore(self.session.options.cache, self.session.emit)
        for origin in islice(find_origins(self.session, package.record, folder), TRIES):
            rebuilt = rebuild(origin, package, self.targets)
            if publication and not any(trial.faults for trial in compare(rebuilt, publication, store)):
                return rebuilt
        return None

    def tag(self, one: Unfinished, folder: Path) -> Shipment | None:
        """Give the shipment of a release that lacks only its tag, with the commit that it stands on."""
        if self.tagger is None:
            return None
        tag = tag_name(one.module, one.release)
        shipment = Shipment(one.module, one.release, (), tag)
        root = self.session.workspace.root
        if find_commit(root, f"refs/tags/{tag}"):
            return shipment
        receipt = find_receipt(root, one.module, one.release.python)
        if receipt and receipt.commit and find_commit(root, receipt.commit):
            return replace(shipment, commit=receipt.commit)
        for origin in find_origins(self.session, self.found.packages[one.module].record, folder):
            return replace(shipment, commit=origin.commit)
        text = f"{one.module} {one.release.python} lacks its tag, and its sources are not to be found: it gets none"
        self.session.emit(Event(text, Level.WARNING))
        return None

    def published(self, rebuilt: Rebuilt) -> dict[str, bytes]:
        """Give the published siblings that a rebuilt release needs, directly or not, by path as in `dist/`."""
        store = FolderStore(self.session.options.cache, self.session.emit)
        workspace = rebuilt.origin.session.workspace
        names = distribution_names(workspace.configuration, workspace.modules)
        own = rebuilt.artifacts[0].module
        pending = [one for one in rebuilt.releases.items() if one[0] != own]
        files: dict[str, bytes] = {}
        seen = {own}
        while pending:
            module, release = pending.pop()
            if module in seen:
                continue
            seen.add(module)
            for path, data in fetch_published(self.found, self.targets, module, release, store):
                files[path] = data
                pending += required_siblings(read_embedded(path.rpartition("/")[2], data), names).items()
        return files


def fetch_published(
    found: Survey, targets: Sequence[str], module: str, release: Release, store: FolderStore
) -> Iterator[tuple[str, bytes]]:
    """Give a wheel and a tarball of a published version, as far as it has them, by path as in `dist/`."""
    history = found.catalogue.get(module)
    publication = history.find(release) if history else None
    for target in targets:
        offers = publication.offers if publication else ()
        offer = next((one for one in offers if one.target == target), None)
        if offer:
            yield f"{target}/{offer.listed.file}", fetch(offer, store)
