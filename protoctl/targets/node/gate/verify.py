"""The trials of npm packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.verification.parcel import open_parcels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.model.trial import Trial
    from protoctl.verification.workbench import Workbench

NODE = "node"


def is_mine(name: str) -> bool:
    """Tell whether a file is an npm tarball."""
    return name.endswith(".tgz")


def verify(files: Sequence[Path], workbench: Workbench) -> list[Trial]:
    """Give what became of tarballs in the hands of their consumers."""
    del workbench
    _, trials = open_parcels(NODE, files)
    return trials
