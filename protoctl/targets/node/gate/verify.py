"""The trials of npm packages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from protoctl.model.trial import Trial
from protoctl.targets.node.gate.opening import open_tarballs
from protoctl.verification.parcel import open_parcels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.verification.workbench import Workbench

NODE = "node"


def is_mine(name: str) -> bool:
    """Tell whether a file is an npm tarball."""
    return name.endswith(".tgz")


def verify(files: Sequence[Path], workbench: Workbench) -> list[Trial]:
    """Give what became of tarballs in the hands of their consumers."""
    start = time.monotonic()
    opened = open_tarballs(files, workbench)
    seconds = time.monotonic() - start
    trials = [
        Trial(NODE, one.module, f"archive, {one.path.name}", tuple(one.faults), seconds=seconds) for one in opened
    ]
    _, more = open_parcels(NODE, [one.path for one in opened if not one.faults])
    return [*trials, *more]
