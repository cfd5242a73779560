"""The seam to a package index: what it lists, and the file behind a listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Listed:
    """One file that an index lists."""

    file: str
    """Its name, like `acme_user-1.4.0-py3-none-any.whl`; npm tarballs are `NAME-VERSION.tgz` without the scope."""
    distribution: str
    """The name as it was asked for, like `acme-user` or `@acme/user`."""
    version: str
    """As this kind of index writes it: PEP 440 or Semantic Versioning."""
    url: str
    """Where the file is; a path for an index that is a folder."""
    digest: str = ""
    """`sha256:` and hex, or an npm integrity like `sha512-…`; nothing when the index does not tell."""
    is_withdrawn: bool = False
    """Whether it was yanked or deprecated; its version stays taken."""
    tags: tuple[str, ...] = ()
    """npm's dist-tags that stand on its version, sorted."""


@dataclass(frozen=True)
class Upload:
    """One file on its way to an index."""

    target: str
    """`python` or `node`."""
    distribution: str
    """The name, like `acme-user` or `@acme/user`."""
    version: str
    """As this kind of index writes it."""
    file: str
    """Its name in `dist/`, like `acme_user-1.4.0.tar.gz` or `acme-user-1.4.0.tgz`."""
    data: bytes
    dist_tag: str = ""
    """npm's tag that the version gets with the upload; never `latest`."""


class Index(Protocol):
    """Where packages are published."""

    name: str
    """As `[indexes]` calls it."""

    @property
    def targets(self) -> frozenset[str]:
        """The targets whose packages it holds: `python`, `node` or both."""
        ...

    def list_files(self, target: str, distribution: str) -> Sequence[Listed]:
        """Give every file of a distribution, in no order; nothing when the index does not know it.

        Raises PackageIndexError when the index cannot be asked.
        """
        ...

    def fetch(self, listed: Listed) -> bytes:
        """Give the file, its digest compared; raises PackageIndexError."""
        ...

    def check_access(self) -> None:
        """Raise PackageIndexError when it is known beforehand that nothing can be uploaded; nothing is written.

        Raises ConfigurationError when the configuration lacks something that uploading needs.
        """
        ...

    def upload(self, upload: Upload) -> None:
        """Hand a file over; what the index says to it is not the truth, only what it lists afterwards is.

        Raises PackageIndexError when it refuses, or fails as often as the limits say.
        """
        ...

    def set_tag(self, distribution: str, version: str, tag: str) -> None:
        """Let a dist-tag stand on a version of an npm package; raises PackageIndexError."""
        ...

    def withdraw(self, target: str, distribution: str, version: str, reason: str) -> None:
        """Let installers pass over a version that stays there: yanked (PEP 592) or deprecated (npm).

        An empty reason takes that back. Raises PackageIndexError, and UsageError where the index cannot do it.
        """
        ...
