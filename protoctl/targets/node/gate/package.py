"""An npm tarball as its consumers see it: name, version, requirements and files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from protoctl.kit.archive import read_tar
from protoctl.kit.digest import digest_mapping
from protoctl.packaging.embedded import SIZE_LIMIT
from protoctl.targets.node.gate.subpaths import Subpath, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from protoctl.verification.parcel import Parcel

ROOT = "package/"
METADATA = "package.json"
REQUIREMENTS = ("dependencies", "peerDependencies")
"""What has to be there when a package is imported."""


@dataclass(frozen=True)
class Package:
    """One tarball, unpacked in memory."""

    path: Path
    """The file."""
    files: Mapping[str, bytes]
    """By path below the package."""
    metadata: Mapping[str, Any]
    """`package.json`."""
    parcel: Parcel | None = None
    """What protoctl put inside; None for a package that only others require."""

    @property
    def name(self) -> str:
        """As npm lists it."""
        return str(self.metadata["name"])

    @property
    def version(self) -> str:
        """In the spelling of Semantic Versioning."""
        return str(self.metadata["version"])

    @property
    def module(self) -> str:
        """The module that it was built from, or nothing."""
        return self.parcel.module if self.parcel else ""

    @property
    def requires(self) -> dict[str, str]:
        """Other packages to the range of versions that fits."""
        return {name: bound for key in reversed(REQUIREMENTS) for name, bound in self.metadata.get(key, {}).items()}

    @property
    def engines(self) -> str:
        """The range of Nodes."""
        return str(self.metadata.get("engines", {}).get("node", "*"))

    @cached_property
    def digest(self) -> str:
        """Of all paths and contents."""
        return digest_mapping(self.files)

    @cached_property
    def subpaths(self) -> list[Subpath]:
        """Everything that can be imported."""
        return expand(self.metadata.get("exports"), list(self.files))


def read_package(path: Path, parcel: Parcel | None = None) -> Package:
    """Give a tarball; raises UnsafeArchiveError, and ValueError or KeyError for a package.json that npm refuses too."""
    members = read_tar(path.read_bytes(), limit=SIZE_LIMIT)
    files = {name.removeprefix(ROOT): data for name, data in members.items()}
    metadata = json.loads(files[METADATA])
    if not isinstance(metadata, dict) or not {"name", "version"} <= metadata.keys():
        message = f"{METADATA} has no name and version"
        raise ValueError(message)
    return Package(path, files, metadata, parcel)


def by_name(packages: Iterable[Package], path: str) -> Package | None:
    """Give the package that a path below `node_modules` lies in, if it is one of these."""
    return next((package for package in packages if path.startswith(f"{package.name}/")), None)


def with_requirements(package: Package, packages: Iterable[Package]) -> list[Package]:
    """Give a package and those among others that it requires, directly or not."""
    named = {one.name: one for one in packages}
    found = {package.name: package}
    pending = [package]
    while pending:
        for name in pending.pop().requires:
            if name in named and name not in found:
                found[name] = named[name]
                pending.append(named[name])
    return list(found.values())
