"""Whether anything changed since the last build of the same kind."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from protoctl import __version__
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.files import write_atomic
from protoctl.packaging.manifest import encode_manifest, is_intact, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.model.artifact import Manifest
    from protoctl.model.toolchain import Lock
    from protoctl.model.workspace import Workspace

FOLDER = ".protoctl"


class Memory:
    """Remembers of an output folder what the last build into it was made of, whatever it was asked for.

    All that a build leaves there is right for its inputs, also what others made; so with the same inputs nothing is to
    be done for whoever asks for what is there.
    """

    def __init__(self, root: Path, out: Path) -> None:
        """Take the workspace and the output folder."""
        self.path = root / FOLDER / "builds" / f"{digest_json([str(out)])[:20]}.json"
        self.out = out

    def recall(self, key: str, wanted: Iterable[tuple[str, str]]) -> Manifest | None:
        """Give the manifest when the last build had this key, all is as it left it, and what is wanted is there.

        What is wanted are modules, each with a target.
        """
        try:
            known = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return None
        manifest = read_manifest(self.out)
        if known != note_of(key, manifest):
            return None
        if not {(one.module, one.target) for one in manifest.artifacts}.issuperset(wanted):
            return None
        return manifest if all(is_intact(self.out, artifact) for artifact in manifest.artifacts) else None

    def note(self, key: str, manifest: Manifest) -> None:
        """Remember a finished build; a read-only workspace only costs the memory."""
        with suppress(OSError):
            write_atomic(self.path, json.dumps(note_of(key, manifest)).encode())


def note_of(key: str, manifest: Manifest) -> dict[str, str]:
    """Give what is remembered of a build."""
    return {"key": key, "manifest": digest_bytes(encode_manifest(manifest))}


def build_key(workspace: Workspace, lock: Lock, license_text: bytes, options: Iterable[str]) -> str:
    """Give the digest of all that artifacts depend on."""
    return digest_json(
        [
            __version__,
            own_code(),
            workspace.sources.digest,
            list(workspace.strays),
            [str(finding) for finding in workspace.refused],
            msgspec.json.encode(workspace.configuration).decode(),
            lock.digest,
            license_text.decode("latin-1"),
            list(options),
        ]
    )


def own_code() -> list[tuple[str, int, int]]:
    """Give size and time of protoctl's own files: a working copy of protoctl changes without changing its version."""
    root = Path(__file__).parent.parent
    found = [path for path in root.rglob("*") if path.suffix != ".pyc" and path.is_file()]
    return sorted((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in found)
