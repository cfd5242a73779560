"""Finished files and the list of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Artifact:
    """One file in `dist/`."""

    path: str
    """Below `dist/`, like `python/acme_user-0.1.0-py3-none-any.whl`."""
    module: str
    """The module it was built from."""
    target: str
    """The output language: `python`, `node`."""
    distribution: str
    """The name as an index lists it."""
    version: str
    """As this target writes it."""
    sha256: str
    """Of the file."""
    schema: str
    """Digest of the compiled schema inside."""
    toolchain: str
    """Digest of the toolchain that made it."""
    inputs: str = ""
    """Digest of all that it was made from; equal inputs give equal bytes."""


@dataclass(frozen=True)
class Manifest:
    """What `dist/manifest.json` holds and `build --json` prints."""

    artifacts: tuple[Artifact, ...] = field(default=())
    """Sorted by path."""
    format: int = 1
    """Of this document; new fields do not raise it."""
