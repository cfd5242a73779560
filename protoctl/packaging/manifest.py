"""`dist/manifest.json`: written last, read first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protoctl.kit.digest import digest_file
from protoctl.model.artifact import Artifact, Manifest

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "manifest.json"


def read_manifest(folder: Path) -> Manifest:
    """Give the manifest of a dist folder; an absent or damaged one lists nothing."""
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return Manifest()


def encode_manifest(manifest: Manifest) -> bytes:
    """Give the JSON text, indented, with a final newline; `format` stands first."""
    value = msgspec.to_builtins(manifest)
    ordered = {"format": value["format"], "artifacts": value["artifacts"]}
    return msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n"


def is_intact(folder: Path, artifact: Artifact) -> bool:
    """Tell whether the file is there with the listed digest."""
    try:
        return digest_file(folder / artifact.path) == artifact.sha256
    except OSError:
        return False
