"""Papers: what a release writes beside its receipt, about where it comes from and what is inside, and who signs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError, UsageError
from protoctl.flows.receipts import papers_of
from protoctl.kit.files import write_atomic
from protoctl.packaging.embedded import read_embedded
from protoctl.packaging.sbom import SBOM_FILE
from protoctl.publishing.contents import read_package
from protoctl.publishing.provenance import FILE_NAME, Making, make_statement, read_subjects
from protoctl.publishing.signature import FILE_NAME as SIGNED
from protoctl.publishing.signature import read_signer
from protoctl.workspace.commits import folder_in_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

    from protoctl.publishing.provenance import Material
    from protoctl.publishing.shipment import Shipment
    from protoctl.publishing.signature import Signer

SIGNING_KEY = "PROTOCTL_SIGNING_KEY"
"""A private key in PEM, or the path of one."""
BEGIN = "-----BEGIN "


def take_signer(environment: MutableMapping[str, str]) -> Signer | None:
    """Give what signs, None without a key; the key leaves the environment, so that no tool inherits it.

    Raises UsageError for what is no key, without showing it, and MachineError without the library.
    """
    given = environment.pop(SIGNING_KEY, "")
    if not given.strip():
        return None
    if given.lstrip().startswith(BEGIN):
        return read_signer(given.lstrip().encode(), SIGNING_KEY)
    try:
        pem = Path(given).read_bytes()
    except (OSError, ValueError):
        hint = "it takes a PEM text, or the path of a file with one"
        raise UsageError("names no file that can be read", where=SIGNING_KEY, hint=hint) from None
    return read_signer(pem, SIGNING_KEY)


def make_papers(
    root: Path, shipment: Shipment, files: Mapping[str, bytes], materials: tuple[Material, ...], signer: Signer | None
) -> dict[str, bytes]:
    """Give the papers of a release by file name; `files` are its packages by path in `dist/`.

    A statement that is there and about the same files stays, whatever was released from since.
    """
    if not files:
        return {}
    place = papers_of(root, shipment.module, shipment.release.python)
    artifacts = [one for consignment in shipment.consignments for one in consignment.artifacts]
    digests = {one.path.rpartition("/")[2]: one.sha256 for one in artifacts}
    kept = read_paper(place / FILE_NAME)
    is_kept = read_subjects(kept) == digests
    statement = kept if is_kept else make_statement(describe(shipment, files, materials, root), digests)
    signed = read_paper(place / SIGNED) if is_kept else b""
    papers = dict(bills(files)) | {FILE_NAME: statement}
    if signer:
        papers[SIGNED] = signed or signer.sign(statement)
    return papers


def describe(shipment: Shipment, files: Mapping[str, bytes], materials: tuple[Material, ...], root: Path) -> Making:
    """Give how a release was made; its build record tells what no file of the workspace does."""
    path = next(iter(sorted(files)))
    record = read_embedded(path.rpartition("/")[2], files[path]).record
    digests = {"sources": record.sources, "schema": record.schema, "toolchain": record.toolchain}
    if "digest" in record.settings:
        digests["settings"] = record.settings["digest"]
    return Making(shipment.module, shipment.release.python, folder_in_repository(root), materials, digests)


def bills(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Give the bill of materials in the package of each language; an sdist has that of its wheel."""
    for path, data in sorted(files.items()):
        for name, text in read_package(path, data).items():
            if name.rpartition("/")[2] == SBOM_FILE:
                yield f"sbom-{path.partition('/')[0]}.cdx.json", text


def read_paper(path: Path) -> bytes:
    """Give a file's content, nothing when it is not there."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def write_papers(root: Path, shipment: Shipment) -> None:
    """Write the papers of a release, each whole or not at all, the statement last; raises MachineError."""
    place = papers_of(root, shipment.module, shipment.release.python)
    for name, data in sorted(shipment.papers.items(), key=lambda one: one[0] == FILE_NAME):
        try:
            write_atomic(place / name, data)
        except OSError as error:
            hint = "the packages are published; run `protoctl publish` again once there is room"
            raise MachineError(f"cannot write {place / name}: {error.strerror}", hint=hint) from error
