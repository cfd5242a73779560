"""What an npm registry tells of a package (github.com/npm/registry, docs/responses/package-metadata.md)."""

from __future__ import annotations

import re

import msgspec

from protoctl.indexes.access.digests import choose_integrity
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.model.index import Listed

ACCEPT = "application/vnd.npm.install-v1+json, application/json;q=0.5"
VERSION = re.compile(r"[0-9]++\.[0-9]++\.[0-9]++(?:[-+][0-9A-Za-z.+-]*+)?")
"""Roughly a semantic version: nothing that could be part of a path."""
LENGTH_LIMIT = 256
"""Characters of a version, as npm has it."""


class Dist(msgspec.Struct):
    """Where the tarball of a version is."""

    tarball: str
    integrity: str = ""
    shasum: str = ""


class Manifest(msgspec.Struct):
    """One version of a package."""

    name: str
    version: str
    dist: Dist
    deprecated: str | bool = False


class Packument(msgspec.Struct):
    """A package with all its versions."""

    name: str
    versions: dict[str, Manifest] = {}
    tags: dict[str, str] = msgspec.field(name="dist-tags", default_factory=dict)


PACKUMENT = msgspec.json.Decoder(Packument)
"""Made here, since threads that use a type for the first time at once crash msgspec 0.22."""


def read_packument(package: str, body: bytes) -> list[Listed]:
    """Give the versions of a package, in the order of the answer; raises NonsenseError for another shape or package."""
    try:
        packument = PACKUMENT.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        message = f"it answered something else than a package's versions: {error}"
        raise NonsenseError(message) from error
    if packument.name != package:
        message = f"it answered about {packument.name!r}"
        raise NonsenseError(message)
    return [
        list_manifest(manifest, tuple(sorted(tag for tag, other in packument.tags.items() if other == version)))
        for version, manifest in packument.versions.items()
        if manifest.version == version and manifest.name == package and is_version(version)
    ]


def is_version(text: str) -> bool:
    """Tell whether a text can be a version on npm."""
    return len(text) <= LENGTH_LIMIT and bool(VERSION.fullmatch(text))


def list_manifest(manifest: Manifest, tags: tuple[str, ...]) -> Listed:
    """Give the listing of one version and the tags that stand on it."""
    return Listed(
        file=tarball_file(manifest.name, manifest.version),
        distribution=manifest.name,
        version=manifest.version,
        url=manifest.dist.tarball,
        digest=choose_integrity(manifest.dist.integrity, manifest.dist.shasum),
        is_withdrawn=manifest.deprecated is True or bool(manifest.deprecated),
        tags=tags,
    )


def tarball_file(package: str, version: str) -> str:
    """Give the name of a tarball as registries write it, without the scope."""
    return f"{package.rpartition('/')[2]}-{version}.tgz"
