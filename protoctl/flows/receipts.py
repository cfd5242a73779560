"""Receipts on disk: the papers of releases that this work tree published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.flows.idle import FOLDER
from protoctl.kit.files import write_atomic
from protoctl.publishing.receipt import FILE_NAME, encode_receipt, read_receipt, receipt_folder

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.publishing.receipt import Receipt

RELEASES = "releases"
"""Below the folder that is in no repository."""


def papers_of(root: Path, module: str, version: str) -> Path:
    """Give the folder for the papers of a release."""
    return receipt_folder(root / FOLDER / RELEASES, module, version)


def write_receipt(root: Path, receipt: Receipt) -> Path:
    """Write a receipt, whole or not at all; raises MachineError."""
    path = papers_of(root, receipt.module, receipt.version) / FILE_NAME
    try:
        write_atomic(path, encode_receipt(receipt))
    except OSError as error:
        hint = "the release itself is done; run `protoctl publish` again once there is room"
        raise MachineError(f"cannot write the receipt {path}: {error.strerror}", hint=hint) from error
    return path


def find_receipt(root: Path, module: str, version: str) -> Receipt | None:
    """Give the receipt of a release; None without one, and for one that is damaged or about something else."""
    try:
        receipt = read_receipt((papers_of(root, module, version) / FILE_NAME).read_bytes())
    except OSError:
        return None
    return receipt if receipt and (receipt.module, receipt.version) == (module, version) else None
