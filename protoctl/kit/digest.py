"""SHA-256 of bytes, files, mappings and JSON values."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def digest_bytes(data: bytes) -> str:
    """Give 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """Give the digest of a file's content, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest_json(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Give the digest of a JSON value, independent of the order of keys."""
    return digest_bytes(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())


def digest_mapping(files: Mapping[str, bytes]) -> str:
    """Give the digest of paths and contents, independent of order; no two mappings share an encoding."""
    state = hashlib.sha256()
    for path in sorted(files):
        name = path.encode()
        state.update(b"%d:%s%d:" % (len(name), name, len(files[path])))
        state.update(files[path])
    return state.hexdigest()
