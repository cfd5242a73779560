"""Publish: from what changed to packages on the team's indexes, dependencies first, and again until it is done.

What is done is read off the indexes, not off a journal: whoever runs this next, here or elsewhere, goes on where the
last run stopped.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import ArtifactError, MachineError
from protoctl.flows.again import keep_previews, lacks_something
from protoctl.flows.catalogue import load_indexes
from protoctl.flows.consign import make_shipments
from protoctl.flows.deliver import deliver, move_tag
from protoctl.flows.idle import FOLDER
from protoctl.flows.papers import write_papers
from protoctl.flows.plan import survey
from protoctl.flows.receipts import write_receipt
from protoctl.flows.session import Session
from protoctl.flows.tagging import make_tagger
from protoctl.flows.unfinished import find_unfinished
from protoctl.kit.digest import digest_bytes
from protoctl.kit.files import recover_folder
from protoctl.kit.locks import locked
from protoctl.model.event import Event, Level
from protoctl.publishing.receipt import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from protoctl.flows.plan import Choice as PlanChoice
    from protoctl.flows.session import Options
    from protoctl.flows.tagging import Tagger
    from protoctl.model.artifact import Artifact
    from protoctl.model.event import Emit
    from protoctl.model.index import Index
    from protoctl.model.workspace import Workspace
    from protoctl.publishing.shipment import Shipment
    from protoctl.publishing.signature import Signer
    from protoctl.versioning.release_plan import ReleasePlan

TURN_SECONDS = 3600.0
"""For another run in this workspace to end."""


@dataclass(frozen=True)
class Choice:
    """What is published, and how."""

    plan: PlanChoice
    """What is planned."""
    out: Path
    """The folder that becomes `dist/`."""
    is_rehearsal: bool = False
    """Whether everything is done but writing: no upload, no tag, no receipt, no `dist/`."""
    allow_changes: bool = False
    """Whether what is not committed may be released."""
    has_tags: bool = True
    """Whether releases are tagged in git."""
    remote: str = ""
    """The remote that tags are pushed to; empty leaves them in this repository."""
    patience: float = 60
    """Seconds that an index may take to list what it took."""
    signer: Signer | None = None
    """Who signs the papers; None leaves them unsigned."""


@dataclass(frozen=True)
class Outcome:
    """What became of it."""

    plan: ReleasePlan
    """What was planned; with unaccepted breaks nothing is published."""
    shipments: tuple[Shipment, ...] = ()
    """What is released, or would be, in the order of publishing."""
    receipts: tuple[Receipt, ...] = ()
    """What was delivered; empty in a rehearsal."""


def publish(workspace: Workspace, options: Options, choice: Choice, emit: Emit) -> Outcome:
    """Release what changed, and finish what an earlier run began.

    Raises what `plan` and `build` raise, WorkspaceError for changes that are not committed and for a tag that stands on
    another commit, and PackageIndexError when an index refuses or fails: what is uploaded by then stays, and the next
    run goes on.
    """
    session = Session(workspace, options, emit)
    with turn(workspace.root, emit):
        tagger = make_tagger(workspace, choice.remote, emit) if choice.has_tags else None
        if tagger and not choice.allow_changes:
            tagger.refuse_changes()
        found = keep_previews(session, survey(session, choice.plan))
        if found.plan.unaccepted:
            return Outcome(found.plan)
        indexes = {index.name: index for index in load_indexes(workspace, options)}
        unfinished = find_unfinished(session, found, indexes, tagger, choice.out)
        if not (unfinished or any(lacks_something(module, found, indexes, tagger) for module in found.plan.released)):
            return Outcome(found.plan)
        recover_folder(choice.out)
        shipments = make_shipments(session, found, unfinished, indexes, tagger, choice)
        if choice.is_rehearsal:
            return Outcome(found.plan, shipments)
        check_access(shipments, indexes)
        receipts = tuple(ship(one, indexes, tagger, choice, session) for one in counted(shipments, emit))
        return Outcome(found.plan, shipments, receipts)


def check_access(shipments: Iterable[Shipment], indexes: Mapping[str, Index]) -> None:
    """Raise what an index says that takes nothing from here, before another one has got anything."""
    for name in sorted({one.index for shipment in shipments for one in shipment.consignments}):
        indexes[name].check_access()


@contextmanager
def turn(root: Path, emit: Emit) -> Iterator[None]:
    """Be the only run that publishes from a workspace, after whoever does so now."""
    state = root / FOLDER
    state.mkdir(exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked(state, 0))
        except MachineError as error:
            emit(Event(f"{error.what}: waiting for it to end", Level.NOTE))
            held.enter_context(locked(state, TURN_SECONDS))
        yield


def counted(shipments: Sequence[Shipment], emit: Emit) -> Iterator[Shipment]:
    """Give each release and tell how many are done before it."""
    for at, shipment in enumerate(shipments):
        emit(Event("publishing", Level.PROGRESS, at, len(shipments)))
        yield shipment


def ship(
    shipment: Shipment, indexes: Mapping[str, Index], tagger: Tagger | None, choice: Choice, session: Session
) -> Receipt:
    """Bring one release to every index, let npm's tags stand on it, write its receipt and tag its commit."""
    emit = session.emit
    delivered = []
    for consignment in shipment.consignments:
        files = shipment.files or {one.path: read_artifact(choice.out, one) for one in consignment.artifacts}
        delivered += deliver(consignment, indexes[consignment.index], files, choice.patience, emit)
    for consignment in shipment.consignments:
        move_tag(consignment, indexes[consignment.index], emit)
    commit = shipment.commit or (tagger.checkout.commit if tagger else "")
    receipt = Receipt(shipment.module, shipment.release.python, commit, shipment.git_tag, tuple(delivered))
    write_papers(session.workspace.root, shipment)
    if delivered:
        write_receipt(session.workspace.root, receipt)
    if tagger:
        tagger.tag(shipment)
    emit(Event(f"released {shipment.module} {shipment.release.python}"))
    return receipt


def read_artifact(dist: Path, artifact: Artifact) -> bytes:
    """Give a file as it was tried; raises ArtifactError when it is another one by now."""
    try:
        data = (dist / artifact.path).read_bytes()
    except OSError as error:
        raise ArtifactError(f"is gone: {error.strerror}", where=artifact.path) from error
    if digest_bytes(data) != artifact.sha256:
        hint = "somebody wrote into the folder; run `protoctl publish` again"
        raise ArtifactError("changed after it was tried", where=artifact.path, hint=hint)
    return data
