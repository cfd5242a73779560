"""Released: the last release of every module, as a baseline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from protoctl.errors import OriginError
from protoctl.flows.catalogue import CONNECTIONS, fetch_embedded, find_distribution, read_histories
from protoctl.flows.packed import join_packages
from protoctl.kit.background import run_together
from protoctl.model.event import Event, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.flows.baseline import Baseline
    from protoctl.flows.published import Published
    from protoctl.flows.session import Session
    from protoctl.packaging.embedded import Embedded
    from protoctl.versioning.release import Release


def read_released(session: Session) -> Baseline:
    """Give the last release of every module that has one; raises what `read_histories` and `fetch_embedded` raise."""
    histories = read_histories(session.workspace, list(session.workspace.modules), session.options, session.emit)
    last = {module: history.last.release for module, history in histories.items() if history.last}
    if missing := sorted(histories.keys() - last.keys()):
        session.emit(Event(f"nothing to compare with, since never released: {', '.join(missing)}", Level.NOTE))
    packages, _ = fetch_packages(session, histories, last, is_initial=False)
    return join_packages(packages.values())


def read_version(session: Session, text: str) -> Baseline:
    """Give the release that `NAME==VERSION` means; raises what `find_distribution` and `fetch_embedded` raise."""
    history, release = find_distribution(session.workspace, text, session.options, session.emit)
    return join_packages([fetch_embedded(session.workspace, history, release, session.options, session.emit)])


def fetch_packages(
    session: Session, histories: Mapping[str, Published], releases: Mapping[str, Release], *, is_initial: bool
) -> tuple[dict[str, Embedded], set[str]]:
    """Give module → the package of its release, and the modules whose package carries no schema.

    Raises OriginError for such a module unless this is a beginning.
    """
    works = [partial(fetch, session, histories[module], release) for module, release in releases.items()]
    found = run_together(works, CONNECTIONS)
    packages = {}
    unknown = set()
    for module, outcome in zip(releases, found, strict=True):
        if isinstance(outcome, OriginError):
            if not is_initial:
                raise outcome
            unknown.add(module)
        else:
            packages[module] = outcome
    return packages, unknown


def fetch(session: Session, history: Published, release: Release) -> Embedded | OriginError:
    """Give a package, or the reason why it is none of ours."""
    try:
        return fetch_embedded(session.workspace, history, release, session.options, session.emit)
    except OriginError as error:
        return error
