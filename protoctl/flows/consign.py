"""Consign: the packages of what is released, made, tried, and addressed to the indexes that take them."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from protoctl.cache.results import FolderStore
from protoctl.flows.again import lacks_something, would_be
from protoctl.flows.build import check_writable, read_license
from protoctl.flows.finish import Finisher, fetch_published
from protoctl.flows.materials import list_materials
from protoctl.flows.packages import make_packages
from protoctl.flows.papers import make_papers
from protoctl.flows.tagging import tag_name
from protoctl.flows.workshop import Order
from protoctl.kit.dag import closure
from protoctl.kit.scratch import temporary_folder
from protoctl.model.event import Event, Level
from protoctl.publishing.shipment import Consignment, Shipment
from protoctl.targets import load_target, target_names
from protoctl.versioning.dist_tag import dist_tag
from protoctl.versioning.history import History
from protoctl.versioning.line import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from protoctl.flows.plan import Survey
    from protoctl.flows.publish import Choice
    from protoctl.flows.session import Session
    from protoctl.flows.tagging import Tagger
    from protoctl.flows.unfinished import Unfinished
    from protoctl.model.artifact import Artifact, Manifest
    from protoctl.model.index import Index
    from protoctl.targets.target import Target
    from protoctl.versioning.release import Release


def make_shipments(
    session: Session,
    found: Survey,
    unfinished: Mapping[str, Unfinished],
    indexes: Mapping[str, Index],
    tagger: Tagger | None,
    choice: Choice,
) -> tuple[Shipment, ...]:
    """Build and try the packages of every release, and give what has to be where, in the order of publishing.

    Raises what `make_packages` raises, and WorkspaceError for a tag that stands on another commit.
    """
    open_ones = [one for one in found.plan.released if lacks_something(one, found, indexes, tagger)]
    new = {module.module: module.next for module in open_ones if module.next}
    if tagger:
        unknown = {module: release for module, release in new.items() if not found.catalogue[module].find(release)}
        tagger.refuse_taken(tag_name(*one) for one in unknown.items())
    targets = choose_targets(session, indexes)
    releases = choose_releases(found, choice.plan.line)
    order = Order([], targets, releases, read_license(session.workspace.root), is_tried=True)
    known = {module: one for module, one in unfinished.items() if module not in new and one.missing}
    again = [module for module, one in known.items() if is_same(session, found, order, one)]
    names = tuple(target.name for target in targets)
    finisher = Finisher(session, found, tagger, names, choice.signer, partial(address_old, found, indexes))
    old = list(finisher.finish([one for module, one in unfinished.items() if module not in again]))
    wanted = [one.module for one in found.plan.modules if one.module in new or one.module in again]
    artifacts: Mapping[str, Sequence[Artifact]] = {}
    if wanted:
        finished = {path: data for one in old if one.module not in wanted for path, data in one.files.items()}
        published = fetch_needed(session, found, wanted, order) | finished
        order = replace(order, modules=wanted, published=published)
        artifacts = by_module(build(session, order, choice))
    tags = {module.module: module.dist_tag for module in found.plan.modules}
    fresh = [
        Shipment(
            module,
            releases[module],
            tuple(address(artifacts.get(module, ()), indexes, tags[module] or latest_tag(found, module))),
            tag_name(module, releases[module]) if tagger else "",
        )
        for module in wanted
    ]
    return (*old, *(fresh if choice.is_rehearsal else (with_papers(session, one, tagger, choice) for one in fresh)))


def with_papers(session: Session, shipment: Shipment, tagger: Tagger | None, choice: Choice) -> Shipment:
    """Give a shipment of what lies in `dist/` with its papers."""
    paths = {one.path for consignment in shipment.consignments for one in consignment.artifacts}
    files = {path: (choice.out / path).read_bytes() for path in sorted(paths)}
    commit = tagger.checkout.commit if tagger and not tagger.checkout.changed else ""
    materials = list_materials(session, shipment.module, commit)
    return replace(shipment, papers=make_papers(session.workspace.root, shipment, files, materials, choice.signer))


def choose_targets(session: Session, indexes: Mapping[str, Index]) -> list[Target]:
    """Give the languages that some index takes; the others are told."""
    taken = {target for index in indexes.values() for target in index.targets}
    for name in sorted(set(target_names()) - taken):
        session.emit(Event(f"no index takes {name} packages: none are made", Level.NOTE))
    return [load_target(name, session.workspace.configuration) for name in target_names() if name in taken]


def choose_releases(found: Survey, line: str) -> dict[str, Release]:
    """Give module → the version that packages are made at, or require: the planned one, else the last one."""
    histories = {module: History(one.live, one.withdrawn) for module, one in found.catalogue.items()}
    last = {module: last_on(history, line) for module, history in histories.items()}
    planned = {module.module: module.next or module.last for module in found.plan.modules}
    return {module: release for module, release in {**last, **planned}.items() if release}


def last_on(history: History, line: str) -> Release | None:
    """Give the last release on a line, or at all where none is on it."""
    wanted = parse_line(line) if line else None
    has_line = wanted is not None and any(one.is_final and wanted.has(one) for one in history.live)
    return history.last(wanted if has_line else None)


def is_same(session: Session, found: Survey, order: Order, one: Unfinished) -> bool:
    """Tell whether an unfinished release would be made from this workspace, with these siblings, just so."""
    if not would_be(session, found.packages[one.module], order.releases):
        return False
    session.emit(Event(f"{one.module} {one.release.python} lacks {', '.join(one.missing)}: finishing it"))
    return True


def fetch_needed(session: Session, found: Survey, wanted: Sequence[str], order: Order) -> dict[str, bytes]:
    """Give the published packages that the wanted ones need, by path as in `dist/`: a wheel or tarball of each."""
    needs = {one.module: one.standing.needs for one in found.plan.modules}
    needed = closure(wanted, {module: needs.get(module, ()) for module in session.workspace.modules})
    store = FolderStore(session.options.cache, session.emit)
    targets = [target.name for target in order.targets]
    others = sorted(set(needed) - set(wanted))
    found_files = (fetch_published(found, targets, one, order.releases[one], store) for one in others)
    return {path: data for files in found_files for path, data in files}


def build(session: Session, order: Order, choice: Choice) -> Manifest:
    """Make and try packages; in a rehearsal nothing stays of them."""
    with temporary_folder("rehearsal") if choice.is_rehearsal else nullcontext(choice.out) as place:
        out = place / "made" / "dist" if choice.is_rehearsal else place
        check_writable(out)
        return make_packages(session, order, out)


def by_module(manifest: Manifest) -> dict[str, list[Artifact]]:
    """Give module → its files, as the manifest sorts them."""
    found: dict[str, list[Artifact]] = {}
    for artifact in manifest.artifacts:
        found.setdefault(artifact.module, []).append(artifact)
    return found


def latest_tag(found: Survey, module: str) -> str:
    """Give the dist-tag of a release that is finished only now: that of its last release."""
    history = found.catalogue[module]
    last = history.last
    below = History(tuple(one for one in history.live if last is None or one.version < last.release.version))
    return dist_tag(last.release, below) if last else ""


def address_old(
    found: Survey, indexes: Mapping[str, Index], module: str, artifacts: Sequence[Artifact]
) -> tuple[Consignment, ...]:
    """Give a consignment for each index that takes a distribution of a release that is finished only now."""
    return tuple(address(artifacts, indexes, latest_tag(found, module)))


def address(artifacts: Sequence[Artifact], indexes: Mapping[str, Index], tag: str) -> Iterator[Consignment]:
    """Give a consignment for each index that takes a distribution, Python's first."""
    for target in sorted({one.target for one in artifacts}, reverse=True):
        mine = [one for one in artifacts if one.target == target]
        for index in indexes.values():
            if target in index.targets:
                wanted = tag if target == "node" else ""
                ordered = tuple(sorted(mine, key=lambda one: one.path.endswith(".whl")))
                yield Consignment(index.name, target, mine[0].distribution, mine[0].version, ordered, wanted)
