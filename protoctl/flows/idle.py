"""Whether anything changed since the last build of the same kind."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from protoctl import __version__
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.files import write_atomic
from protoctl.packaging.manifest import encode_manifest, is_intact, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.model.artifact import Manifest
    from protoctl.model.toolchain import Lock
    from protoctl.model.workspace import Workspace

FOLDER = ".protoctl"


class Memory:
    """Remembers of an output folder what the last build into it was made of, and what it was asked for.

    What other builds left there is only right beside what this one made when all were made of the same.
    """

    def __init__(self, root: Path, out: Path, choice: Mapping[str, Iterable[str]]) -> None:
        """Take the workspace, the output folder and what is asked for."""
        self.path = root / FOLDER / "builds" / f"{digest_json([str(out)])[:20]}.json"
        self.choice = digest_json({key: sorted(value) for key, value in choice.items()})
        self.out = out

    def recall(self, key: str) -> Manifest | None:
        """Give the manifest when this was built with this key, and each file is as the last build left it."""
        known = self.read(key)
        if self.choice not in known["choices"]:
            return None
        manifest = read_manifest(self.out)
        if not manifest.artifacts or digest_bytes(encode_manifest(manifest)) != known["manifest"]:
            return None
        return manifest if all(is_intact(self.out, artifact) for artifact in manifest.artifacts) else None

    def read(self, key: str) -> dict[str, Any]:
        """Give what is remembered with this key."""
        try:
            known = json.loads(self.path.read_text())
        except (OSError, ValueError):
            known = None
        is_known = isinstance(known, dict) and known.get("key") == key and isinstance(known.get("choices"), list)
        return {"manifest": "", **known} if is_known else {"key": key, "manifest": "", "choices": []}

    def note(self, key: str, manifest: Manifest) -> None:
        """Remember a finished build; a read-only workspace only costs the memory."""
        choices = sorted({*self.read(key)["choices"], self.choice})
        known = {"key": key, "manifest": digest_bytes(encode_manifest(manifest)), "choices": choices}
        with suppress(OSError):
            write_atomic(self.path, json.dumps(known).encode())


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
