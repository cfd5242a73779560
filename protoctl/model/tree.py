"""A set of files as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from protoctl.kit.digest import digest_bytes, digest_mapping


@dataclass(frozen=True)
class Tree:
    """Files below some root."""

    files: Mapping[str, bytes]
    """Relative POSIX path to content."""

    @cached_property
    def digest(self) -> str:
        """One digest of all paths and contents, independent of order."""
        return digest_mapping(self.files)

    @cached_property
    def digests(self) -> dict[str, str]:
        """Path to the digest of its content, sorted by path."""
        return {path: digest_bytes(self.files[path]) for path in sorted(self.files)}
