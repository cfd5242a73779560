"""The trials of wheels and sdists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.verification.parcel import open_parcels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.model.trial import Trial
    from protoctl.verification.workbench import Workbench

PYTHON = "python"


def is_mine(name: str) -> bool:
    """Tell whether a file is a wheel or an sdist."""
    return name.endswith((".whl", ".tar.gz"))


def verify(files: Sequence[Path], workbench: Workbench) -> list[Trial]:
    """Give what became of packages in the hands of their consumers."""
    del workbench
    _, trials = open_parcels(PYTHON, files)
    return trials
