"""Publish: from what changed to packages on the team's indexes, dependencies first, and again until it is done.

What is done is read off the indexes, not off a journal: whoever runs this next, here or elsewhere, goes on where the
last run stopped.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.flows.again import keep_previews, lacks_something
from protoctl.flows.catalogue import load_indexes
from protoctl.flows.idle import FOLDER
from protoctl.flows.plan import survey
from protoctl.flows.session import Session
from protoctl.flows.tagging import make_tagger
from protoctl.flows.unfinished import find_unfinished
from protoctl.kit.files import recover_folder
from protoctl.kit.locks import locked
from protoctl.model.event import Event, Level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from protoctl.flows.plan import Choice as PlanChoice
    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace
    from protoctl.publishing.receipt import Receipt
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
        from protoctl.flows.consign import make_shipments  # nothing to do is the rule, and takes less without
        from protoctl.flows.ship import ship

        recover_folder(choice.out)
        shipments = make_shipments(session, found, unfinished, indexes, tagger, choice)
        if choice.is_rehearsal:
            return Outcome(found.plan, shipments)
        return Outcome(found.plan, shipments, ship(shipments, indexes, tagger, choice, session))


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
