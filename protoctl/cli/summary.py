"""Results as short text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protoctl.model.artifact import Manifest


def summarise(manifest: Manifest, dist: Path) -> str:
    """Give one line for each artifact, as a path that a shell can use."""
    here = Path.cwd()
    shown = dist.relative_to(here) if dist.is_relative_to(here) else dist
    return "\n".join(f"{shown / artifact.path}" for artifact in manifest.artifacts)
