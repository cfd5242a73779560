"""What a registry keeps of an npm tarball: its `package.json` with the digests of the file.

github.com/npm/registry, docs/responses/package-metadata.md
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from protoctl.errors import ArtifactError
from protoctl.kit.archive import UnsafeArchiveError, read_gzip, read_tar

if TYPE_CHECKING:
    from protoctl.model.index import Upload

LIMIT = 512 << 20
"""Bytes of all files of a package."""


def describe_tarball(file: str, data: bytes, url: str) -> dict[str, Any]:
    """Give the manifest of a version whose tarball is at an address; raises ArtifactError for a file that is none."""
    files = read_files(file, data)
    try:
        manifest = json.loads(files["package/package.json"])
        identity = f"{manifest['name']}@{manifest['version']}"
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise ArtifactError(f"is no npm tarball: {error}", where=file) from error
    return {**manifest, "_id": identity, "dist": {"tarball": url, **digests_of(data)}}


def read_files(file: str, data: bytes) -> dict[str, bytes]:
    """Give what is in a tarball; raises ArtifactError for a file that is none."""
    try:
        return read_tar(read_gzip(data, limit=LIMIT), limit=LIMIT)
    except UnsafeArchiveError as error:
        raise ArtifactError(f"is no npm tarball: {error}", where=file) from error


def describe_publication(upload: Upload, root: str) -> dict[str, Any]:
    """Give what `npm publish` sends to a registry at an address, with the readme that registries show.

    Raises ArtifactError for a file that is no tarball.
    """
    name, version = upload.distribution, upload.version
    file = f"{name}-{version}.tgz"
    manifest = describe_tarball(upload.file, upload.data, f"{root}{name}/-/{file}")
    readme = read_files(upload.file, upload.data).get("package/README.md", b"").decode("utf-8", errors="replace")
    attachment = {
        "content_type": "application/octet-stream",
        "data": base64.b64encode(upload.data).decode(),
        "length": len(upload.data),
    }
    return {
        "_id": name,
        "name": name,
        "description": manifest.get("description", ""),
        "dist-tags": {upload.dist_tag or "latest": version},
        "readme": readme,
        "versions": {version: {**manifest, "readme": readme}},
        "_attachments": {file: attachment},
    }


def digests_of(data: bytes) -> dict[str, str]:
    """Give the digests as npm writes them: SHA-512 for whoever installs, SHA-1 for old clients."""
    integrity = base64.b64encode(hashlib.sha512(data).digest()).decode()
    return {
        "integrity": f"sha512-{integrity}",
        "shasum": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
    }
