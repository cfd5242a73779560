"""Scrutiny: whether the papers of a release are about the files that indexes have, and signed by whom they shall be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import ArtifactError, UsageError
from protoctl.flows.catalogue import fetch
from protoctl.flows.papers import read_paper
from protoctl.flows.receipts import papers_of
from protoctl.kit.digest import digest_bytes
from protoctl.model.trial import Fault, Trial
from protoctl.publishing.provenance import FILE_NAME, read_subjects
from protoctl.publishing.shipment import end_of
from protoctl.publishing.signature import FILE_NAME as SIGNED
from protoctl.publishing.signature import open_envelope

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.cache.results import FolderStore
    from protoctl.flows.published import Publication

UNSIGNED = f"no {SIGNED} is here; put the papers of the release below .protoctl/releases"


def judge_papers(
    root: Path, module: str, publication: Publication, key: Path | None, store: FolderStore
) -> list[Trial]:
    """Give a trial for the statement, and one for the signed one; none where there are none and no key is named."""
    place = papers_of(root, module, publication.release.python)
    plain, signed = (read_paper(place / name) for name in (FILE_NAME, SIGNED))
    files = {end_of(offer.listed.file): digest_bytes(fetch(offer, store)) for offer in publication.offers}
    trials = [Trial("", module, FILE_NAME, tuple(judge_statement(plain, files, FILE_NAME)))] if plain else []
    if key is None:
        return [*trials, *([Trial("", module, SIGNED, skipped="no --key is named")] if signed else [])]
    if not signed:
        return [*trials, Trial("", module, SIGNED, (Fault(UNSIGNED),))]
    return [*trials, judge_signed(module, signed, key, files)]


def judge_signed(module: str, signed: bytes, key: Path, files: dict[str, str]) -> Trial:
    """Give the trial of a signed statement; raises UsageError for what is no public key."""
    try:
        pem = key.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {key}: {error.strerror}") from error
    try:
        faults = judge_statement(open_envelope(signed, pem, str(key)), files, SIGNED)
    except ArtifactError as error:
        faults = [Fault(error.what, SIGNED)]
    return Trial("", module, SIGNED, tuple(faults))


def judge_statement(data: bytes, files: dict[str, str], name: str) -> list[Fault]:
    """Give what a statement says otherwise; `files` are the ends of published files to their sha256."""
    subjects = read_subjects(data)
    if subjects is None:
        return [Fault("is no provenance statement", name)]
    told = {end_of(file): digest for file, digest in subjects.items()}
    return [
        Fault(f"is about another {end}", name, said=f"published: sha256 {digest}\nstatement: sha256 {told.get(end)}")
        for end, digest in sorted(files.items())
        if told.get(end) != digest
    ]
