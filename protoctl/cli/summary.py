"""Results as short text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.kit.text import listing, printable

if TYPE_CHECKING:
    from protoctl.flows.watch import Round
    from protoctl.model.artifact import Manifest


def summarise(manifest: Manifest, dist: Path) -> str:
    """Give one line for each artifact, as a path that a shell can use."""
    here = Path.cwd()
    shown = dist.relative_to(here) if dist.is_relative_to(here) else dist
    return "\n".join(f"{shown / artifact.path}" for artifact in manifest.artifacts)


def show_round(done: Round) -> str:
    """Say in one line what changed, what was made of it and how long that took."""
    changed = f"{listing(done.changed)} → " if done.changed else ""
    return printable(f"{changed}{listing(done.made) or 'nothing to make'} ({done.seconds:.2f} s)")
