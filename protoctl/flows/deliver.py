"""Deliver: files go to an index, and what it then has is compared with them, whatever it said."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from protoctl.errors import AbsentIndexError, PackageIndexError, TakenError
from protoctl.indexes.access.digests import is_digest_of, is_strong
from protoctl.kit.digest import digest_bytes
from protoctl.kit.waiting import pauses
from protoctl.model.event import Event, Level
from protoctl.model.index import Upload
from protoctl.publishing.contents import compare_contents
from protoctl.publishing.receipt import Delivered
from protoctl.publishing.shipment import STAGED, choose_tag, find_listed
from protoctl.versioning.dist_tag import LATEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.model.artifact import Artifact
    from protoctl.model.event import Emit
    from protoctl.model.index import Index, Listed
    from protoctl.publishing.shipment import Consignment


def deliver(
    consignment: Consignment, index: Index, files: Mapping[str, bytes], patience: float, emit: Emit
) -> Sequence[Listed]:
    """Let an index have the files of a distribution, by path in `dist/`, and give what it then lists.

    What is there with the same bytes is done; `patience` is the seconds that an index may take to list what it took.
    Raises TakenError when it has other bytes, PackageIndexError when it refuses or fails.
    """
    listing = list_there(consignment, index)
    missing = [one for one in consignment.artifacts if not is_there(one, index, files[one.path], listing)]
    if not missing:
        emit(Event(f"{label(consignment)} is there already", Level.NOTE))
        return listing
    for one in missing:
        hand_over(consignment, index, one, files[one.path], emit)
    listing = wait_for(consignment, index, missing, patience)
    for one in missing:
        confirm(one, index, files[one.path], listing)
    emit(Event(f"{label(consignment)} is there, read back and compared"))
    return listing


def list_there(consignment: Consignment, index: Index) -> Sequence[Listed]:
    """Give what an index has of a distribution; one that is not there yet has nothing, as the plan has told."""
    try:
        return index.list_files(consignment.target, consignment.distribution)
    except AbsentIndexError:
        return []


def hand_over(consignment: Consignment, index: Index, artifact: Artifact, data: bytes, emit: Emit) -> None:
    """Upload a file.

    A refusal is believed only when the index has no such file: somebody else may have uploaded it meanwhile, or an
    answer was lost. Nothing more of the version is uploaded after one, so that no index gets files of two makers.
    """
    file = artifact.path.rpartition("/")[2]
    emit(Event(f"uploading {file} to {consignment.index}"))
    tag = (STAGED if consignment.dist_tag == LATEST else consignment.dist_tag) if consignment.dist_tag else ""
    upload = Upload(consignment.target, consignment.distribution, consignment.version, file, data, dist_tag=tag)
    try:
        index.upload(upload)
    except PackageIndexError:
        listing = list_there(consignment, index)
        if not is_there(artifact, index, data, listing):
            raise


def is_there(artifact: Artifact, index: Index, data: bytes, listing: Sequence[Listed]) -> bool:
    """Tell whether an index has a file; raises TakenError when it has another one in its place."""
    listed = find_listed(artifact, listing)
    if listed is None:
        return False
    if is_strong(listed.digest) and is_digest_of(listed.digest, data):
        return True
    confirm(artifact, index, data, listing)
    return True


def confirm(artifact: Artifact, index: Index, data: bytes, listing: Sequence[Listed]) -> None:
    """Fetch what an index lists in place of a file; raises TakenError unless it is that file."""
    listed = find_listed(artifact, listing)
    if listed is None:
        raise PackageIndexError(f"no longer lists {artifact.path}", where=index.name)
    found = index.fetch(listed)
    if found != data:
        digests = [f"here:  sha256 {artifact.sha256}", f"there: sha256 {digest_bytes(found)}"]
        raise TakenError(
            f"{artifact.distribution} {artifact.version} is taken by another {listed.file}",
            where=index.name,
            said="\n".join([*digests, *compare_contents(artifact.path, data, found)]),
            hint="what is published stays; run `protoctl plan`: what differs in the protos gets a version of its own",
        )


def wait_for(
    consignment: Consignment, index: Index, artifacts: Sequence[Artifact], patience: float
) -> Sequence[Listed]:
    """Give the listing once all files are in it; raises PackageIndexError when that takes more than `patience`."""
    deadline = monotonic() + patience
    waits = pauses()
    listing = list_there(consignment, index)
    while absent := [one for one in artifacts if not find_listed(one, listing)]:
        pause = next(waits)
        if monotonic() + pause.seconds > deadline:
            raise invisible(consignment, absent[0], patience)
        pause.take()
        listing = list_there(consignment, index)
    return listing


def invisible(consignment: Consignment, artifact: Artifact, patience: float) -> PackageIndexError:
    """Give the error for a file that an index took and does not list."""
    what = f"took {artifact.path.rpartition('/')[2]} and does not list it after {patience:g} s"
    hint = "run `protoctl publish` again: it goes on where this one stopped"
    return PackageIndexError(what, where=consignment.index, hint=hint)


def move_tag(consignment: Consignment, index: Index, listing: Sequence[Listed], emit: Emit) -> None:
    """Let the dist-tag of a consignment stand on its version, `latest` only forward from where the listing has it."""
    tag = choose_tag(consignment, listing)
    if tag:
        emit(Event(f"tagging {consignment.distribution} {consignment.version} as {tag}"))
        index.set_tag(consignment.distribution, consignment.version, tag)


def describe(consignment: Consignment, listing: Sequence[Listed]) -> list[Delivered]:
    """Give what an index has of a consignment that is there."""
    found = [(one, find_listed(one, listing)) for one in consignment.artifacts]
    return [
        Delivered(
            consignment.index,
            consignment.distribution,
            consignment.version,
            listed.file,
            artifact.sha256,
            consignment.dist_tag,
        )
        for artifact, listed in found
        if listed
    ]


def label(consignment: Consignment) -> str:
    """Give what goes where, for people."""
    return f"{consignment.index}: {consignment.distribution} {consignment.version}"
