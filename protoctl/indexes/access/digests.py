"""Digests as indexes tell them: `sha256:` and hex, or npm's integrity (W3C Subresource Integrity)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from protoctl.errors import PackageIndexError

if TYPE_CHECKING:
    from collections.abc import Mapping

STRONG = ("sha512", "sha384", "sha256")
"""What nobody can forge, the strongest first."""


def choose_hash(hashes: Mapping[str, str]) -> str:
    """Give `NAME:HEX` for the strongest of the hashes of a file; nothing when none of them is strong."""
    return next((f"{name}:{hashes[name].lower()}" for name in STRONG if hashes.get(name)), "")


def choose_integrity(integrity: str, shasum: str) -> str:
    """Give the strongest entry of an integrity, else the shasum written as one; nothing without either."""
    entries = {entry.partition("-")[0]: entry.partition("?")[0] for entry in integrity.split()}
    if strong := next((entries[name] for name in STRONG if name in entries), ""):
        return strong
    try:
        return f"sha1-{base64.b64encode(bytes.fromhex(shasum)).decode()}" if shasum else ""
    except ValueError:
        return ""


def is_strong(digest: str) -> bool:
    """Tell whether a digest names one content only, whatever somebody tries."""
    return digest.startswith(STRONG)


def is_digest_of(digest: str, data: bytes) -> bool:
    """Tell whether data has a digest in either spelling; an algorithm that nobody knows fits nothing."""
    separator = ":" if ":" in digest else "-"
    name, _, told = digest.partition(separator)
    if name not in {*STRONG, "sha1"}:
        return False
    actual = hashlib.new(name, data, usedforsecurity=False)
    return told == (actual.hexdigest() if separator == ":" else base64.b64encode(actual.digest()).decode())


def check_digest(index: str, file: str, digest: str, data: bytes) -> None:
    """Raise PackageIndexError when an index told a digest and gave something else."""
    if digest and not is_digest_of(digest, data):
        raise PackageIndexError(
            f"{file} is not what the index lists",
            where=index,
            said=f"listed {digest}\nfetched sha256:{hashlib.sha256(data).hexdigest()}, {len(data)} bytes",
            hint="somebody replaced the file, or something on the way did; install nothing of it before this is known",
        )
