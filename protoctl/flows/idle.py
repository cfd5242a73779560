"""Whether anything changed since the last build of the same kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from protoctl import __version__
from protoctl.kit.digest import digest_json
from protoctl.kit.files import write_atomic
from protoctl.packaging.manifest import is_intact, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.model.artifact import Manifest
    from protoctl.model.toolchain import Lock
    from protoctl.model.workspace import Workspace

FOLDER = ".protoctl"


class Memory:
    """Remembers, per output folder and choice of modules and targets, what the last build was made of."""

    def __init__(self, root: Path, out: Path, choice: Mapping[str, Iterable[str]]) -> None:
        """Take the workspace, the output folder and what was asked for."""
        name = digest_json([str(out), {key: sorted(value) for key, value in choice.items()}])
        self.path = root / FOLDER / "builds" / f"{name[:20]}.json"
        self.out = out

    def recall(self, key: str) -> Manifest | None:
        """Give the manifest when the last build had this key and each of its files is still as it was written."""
        try:
            known = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return None
        if not isinstance(known, dict) or known.get("key") != key:
            return None
        manifest = read_manifest(self.out)
        listed = {artifact.path for artifact in manifest.artifacts}
        intact = all(is_intact(self.out, artifact) for artifact in manifest.artifacts)
        return manifest if intact and listed.issuperset(known.get("artifacts", [])) and listed else None

    def note(self, key: str, paths: Iterable[str]) -> None:
        """Remember a finished build; a read-only workspace only costs the memory."""
        try:
            write_atomic(self.path, json.dumps({"key": key, "artifacts": sorted(paths)}).encode())
        except OSError:
            return


def build_key(workspace: Workspace, lock: Lock, license_text: bytes, options: Iterable[str]) -> str:
    """Give the digest of all that artifacts depend on."""
    return digest_json(
        [
            __version__,
            own_code(),
            workspace.sources.digest,
            list(workspace.strays),
            [str(finding) for finding in workspace.refused],
            msgspec.json.encode(workspace.configuration.of_packages).decode(),
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
