"""Again: a preview of what has a preview already is that one, so that a job that runs twice publishes once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protoctl.flows.catalogue import fetch_embedded
from protoctl.flows.standings import distribution_names, required_siblings
from protoctl.flows.tagging import tag_name
from protoctl.flows.unfinished import find_missing
from protoctl.packaging.embedded import decode_record
from protoctl.targets import load_target
from protoctl.versioning.preview import preview_before

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.flows.plan import Survey
    from protoctl.flows.session import Session
    from protoctl.flows.tagging import Tagger
    from protoctl.model.index import Index
    from protoctl.packaging.embedded import Embedded
    from protoctl.versioning.release import Release
    from protoctl.versioning.release_plan import ModulePlan


def keep_previews(session: Session, found: Survey) -> Survey:
    """Give a survey in whose plan a module keeps the highest preview of its next release where nothing changed since.

    Nothing changed when the build record would be the same, and so would the versions of the siblings that it requires.
    Raises what fetching and reading packages raises.
    """
    releases = {one.module: release for one in found.plan.modules if (release := one.next or one.last)}
    modules = []
    for module in found.plan.modules:
        kept = find_kept(session, found, module, releases)
        if kept:
            releases[module.module] = kept
        modules.append(replace(module, next=kept) if kept else module)
    return replace(found, plan=replace(found.plan, modules=tuple(modules)))


def find_kept(session: Session, found: Survey, module: ModulePlan, releases: Mapping[str, Release]) -> Release | None:
    """Give the preview that a module keeps; the versions of what it imports are decided already."""
    if module.next is None or module.next.is_final:
        return None
    history = found.catalogue[module.module]
    before = preview_before(module.next, history.live)
    if before is None:
        return None
    package = fetch_embedded(session.workspace, history, before, session.options, session.emit)
    is_kept = would_be(session, package, {**releases, module.module: before})
    return before if is_kept else None


def would_be(session: Session, package: Embedded, releases: Mapping[str, Release]) -> bool:
    """Tell whether this workspace, with its modules at some versions, makes a package just so."""
    from protoctl.flows.build import read_license  # when nothing is to do, nothing of these is needed
    from protoctl.flows.workshop import Order, Workshop

    workspace = session.workspace
    names = distribution_names(workspace.configuration, workspace.modules)
    siblings = required_siblings(package, names)
    if any(releases.get(module) != release for module, release in siblings.items()):
        return False
    target = load_target({"npm": "node"}.get(package.kind, "python"), workspace.configuration)
    order = Order([package.record.module], [target], releases, read_license(workspace.root))
    request = Workshop.open(session, order).plan(package.record.module, target).request
    return decode_record(request.record) == package.record


def lacks_something(module: ModulePlan, found: Survey, indexes: Mapping[str, Index], tagger: Tagger | None) -> bool:
    """Tell whether a planned version is not on every index, or not under its dist-tag, or not tagged."""
    history = found.catalogue[module.module]
    publication = history.find(module.next) if module.next else None
    if publication is None or any(find_missing(history, publication, indexes)):
        return True
    tags = {tag for offer in publication.offers if offer.target == "node" for tag in offer.listed.tags}
    name = tag_name(module.module, publication.release)
    lacks_tag = tagger is not None and tagger.is_missing(name, is_mine=False)
    return lacks_tag or (bool(tags) and module.dist_tag not in tags)
