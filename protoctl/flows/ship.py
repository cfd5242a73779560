"""Ship: packages go to their indexes, and once all are there and compared, papers and tags tell of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from protoctl.errors import ArtifactError, Interrupted
from protoctl.flows.deliver import deliver, move_tag
from protoctl.flows.papers import write_papers
from protoctl.flows.receipts import write_receipt
from protoctl.kit.digest import digest_bytes
from protoctl.model.event import Event, Level
from protoctl.publishing.receipt import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from protoctl.flows.publish import Choice
    from protoctl.flows.session import Session
    from protoctl.flows.tagging import Tagger
    from protoctl.model.artifact import Artifact
    from protoctl.model.index import Index
    from protoctl.publishing.shipment import Shipment


def ship(
    shipments: Sequence[Shipment], indexes: Mapping[str, Index], tagger: Tagger | None, choice: Choice, session: Session
) -> tuple[Receipt, ...]:
    """Bring releases to every index, in order, and give what was delivered.

    Raises PackageIndexError, ArtifactError and MachineError; what is done by then stays, and is told by its papers.
    """
    check_access(shipments, indexes)
    receipts = []
    with going_on():
        for at, shipment in enumerate(shipments):
            session.emit(Event("publishing", Level.PROGRESS, at, len(shipments)))
            receipts.append(ship_one(shipment, indexes, tagger, choice, session))
    return tuple(receipts)


@contextmanager
def going_on() -> Iterator[None]:
    """Let whoever interrupts an upload know that it is not undone."""
    try:
        yield
    except Interrupted as stopped:
        stopped.left = "what is uploaded stays, and the next `protoctl publish` goes on"
        raise


def check_access(shipments: Iterable[Shipment], indexes: Mapping[str, Index]) -> None:
    """Raise what an index says that takes nothing from here, before another one has got anything."""
    for name in sorted({one.index for shipment in shipments for one in shipment.consignments}):
        indexes[name].check_access()


def ship_one(
    shipment: Shipment, indexes: Mapping[str, Index], tagger: Tagger | None, choice: Choice, session: Session
) -> Receipt:
    """Bring one release to every index, let npm's tags stand on it, write its papers and tag its commit."""
    emit = session.emit
    delivered = []
    for consignment in shipment.consignments:
        files = shipment.files or {one.path: read_artifact(choice.out, one) for one in consignment.artifacts}
        delivered += deliver(consignment, indexes[consignment.index], files, choice.patience, emit)
    for consignment in shipment.consignments:
        move_tag(consignment, indexes[consignment.index], emit)
    here = tagger.checkout.commit if tagger and not tagger.checkout.changed else ""
    commit = shipment.commit or here
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
