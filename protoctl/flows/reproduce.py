"""Reproduce: a published version is fetched, rebuilt from its sources and compared; its signed papers are read."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from protoctl import __version__
from protoctl.cache.results import FolderStore
from protoctl.errors import MachineError, UsageError, WorkspaceError
from protoctl.flows.catalogue import fetch_embedded, find_distribution
from protoctl.flows.origin import find_origins
from protoctl.flows.rebuild import TRIES, compare, rebuild
from protoctl.flows.scrutiny import judge_papers
from protoctl.flows.search import MOST
from protoctl.flows.session import Session
from protoctl.kit.scratch import temporary_folder
from protoctl.model.event import Event, Level
from protoctl.model.trial import Verdict
from protoctl.workspace.commits import is_shallow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.flows.published import Publication
    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.trial import Trial
    from protoctl.model.workspace import Workspace
    from protoctl.packaging.embedded import Embedded, Record


def is_version(paths: Sequence[Path], key: Path | None) -> bool:
    """Tell whether arguments mean a published version; raises UsageError when only some of several do.

    A public key without a version means nothing, and is refused too.
    """
    named = [path for path in paths if "==" in path.name and not path.exists()]
    if named and len(paths) > 1:
        raise UsageError(f"{named[0]} cannot be verified beside others", hint="name one NAME==VERSION alone")
    if key and not named:
        raise UsageError("--key is for the papers of a release", hint="name the release as NAME==VERSION")
    return bool(named)


def reproduce(workspace: Workspace, options: Options, text: str, key: Path | None, emit: Emit) -> Verdict:
    """Give what became of each published file of `NAME==VERSION`, and of its signed papers where they are here.

    Nothing that was made before is taken from a cache. `key` is a public key that the papers must be signed with.
    Raises what `find_distribution` raises, and WorkspaceError when the sources are not to be found.
    """
    session = Session(workspace, options, emit)
    history, release = find_distribution(workspace, text, options, emit)
    publication = history.find(release)
    package = fetch_embedded(workspace, history, release, options, emit)
    if publication is None:
        raise AssertionError
    report_generator(package.record, emit)
    with temporary_folder("rebuild") as folder:
        trials = try_origins(session, package, publication, folder)
    for trial in trials:
        if trial.outcome == "passed":
            emit(Event(f"the same to the byte: {trial.consumer.partition(', ')[2]}"))
    trials += judge_papers(workspace.root, history.module, publication, key, FolderStore(options.cache, emit))
    return Verdict(tuple(sorted(trials, key=lambda trial: (trial.target, trial.module, trial.consumer))))


def report_generator(record: Record, emit: Emit) -> None:
    """Tell when another protoctl made a package: its bytes may then differ for no other reason."""
    ours = f"protoctl {__version__}"
    if record.generator != ours:
        text = f"made by {record.generator}, and this is {ours}: with the same version, bytes are the same"
        emit(Event(text, Level.WARNING))


def try_origins(session: Session, package: Embedded, publication: Publication, folder: Path) -> list[Trial]:
    """Give the comparison with the first origin that gives all files, else with the first that was found."""
    first: list[Trial] = []
    kept = FolderStore(session.options.cache, session.emit)
    targets = sorted({offer.target for offer in publication.offers})
    for origin in islice(find_origins(session, package.record, folder), TRIES):
        origin.session.store = FolderStore(folder / "results", session.emit)
        session.emit(Event(f"rebuilding {package.distribution} {package.version} from {origin.label}"))
        trials = compare(rebuild(origin, package, targets), publication, kept)
        if not any(trial.faults for trial in trials):
            return trials
        first = first or trials
    if not first:
        raise unknown_origin(session.workspace.root, package)
    return first


def unknown_origin(root: Path, package: Embedded) -> WorkspaceError:
    """Give the error for a package whose sources are neither here nor in the commits at hand."""
    what = f"the sources of {package.distribution} {package.version} are not to be found"
    said = (
        f"neither this workspace nor any of the newest {MOST} commits has protos, lock and settings as it records them"
    )
    try:
        shallow = is_shallow(root)
    except MachineError:
        shallow = False
    hint = "this clone is shallow: `git fetch --tags --unshallow`" if shallow else "fetch all branches and tags"
    return WorkspaceError(what, said=said, hint=f"{hint}, or go to the repository that it was released from")
