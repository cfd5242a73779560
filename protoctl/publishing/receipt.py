"""Receipts: what a release put where, written after it was read back and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "receipt.json"
FORMAT = 1


@dataclass(frozen=True)
class Delivered:
    """One file as an index has it."""

    index: str
    """Its name in the configuration."""
    distribution: str
    """The name as the index lists it."""
    version: str
    """As this kind of index writes it."""
    file: str
    """As the index lists it."""
    sha256: str
    """Of the bytes that the index gave."""
    dist_tag: str = ""
    """npm's tag that stands on it; nothing for Python."""


@dataclass(frozen=True)
class Receipt:
    """A release that is done."""

    module: str
    version: str
    """PEP 440."""
    commit: str
    """What it was made from; empty outside of a repository, and for what was not committed."""
    tag: str
    """The tag of git; empty outside of a repository."""
    delivered: tuple[Delivered, ...]
    """In the order of uploading."""
    format: int = FORMAT


def receipt_folder(folder: Path, module: str, version: str) -> Path:
    """Give where the papers of a release lie."""
    return folder / f"{module}-{version}"


def encode_receipt(receipt: Receipt) -> bytes:
    """Give the JSON text, indented, with a final newline."""
    value = msgspec.to_builtins(receipt)
    return msgspec.json.format(msgspec.json.encode({"format": value.pop("format"), **value}), indent=2) + b"\n"


def read_receipt(data: bytes) -> Receipt | None:
    """Give a receipt; None for what is damaged or of a later format."""
    try:
        receipt = msgspec.json.decode(data, type=Receipt)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return receipt if receipt.format <= FORMAT else None
