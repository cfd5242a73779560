"""The trials of wheels and sdists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from protoctl.model.trial import Trial
from protoctl.targets.python.gate.archives import try_sdists, try_wheels
from protoctl.targets.python.gate.beside import find_needed
from protoctl.targets.python.gate.pythons import find_pythons
from protoctl.targets.python.gate.resolution import Mode
from protoctl.targets.python.gate.trials import PYTHON, Delivery, try_environment
from protoctl.verification.parcel import open_parcels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.verification.parcel import Parcel
    from protoctl.verification.workbench import Workbench


def is_mine(name: str) -> bool:
    """Tell whether a file is a wheel or an sdist."""
    return name.endswith((".whl", ".tar.gz"))


def verify(files: Sequence[Path], workbench: Workbench) -> list[Trial]:
    """Give what became of packages in the hands of their consumers."""
    parcels, trials = open_parcels(PYTHON, files)
    wheels = [parcel for parcel in parcels if parcel.embedded.kind == "wheel"]
    sdists = [parcel for parcel in parcels if parcel.embedded.kind == "sdist"]
    with ThreadPoolExecutor() as threads:
        running = [threads.submit(try_sdists, sdists, wheels)]
        if wheels:
            running += [threads.submit(try_wheels, wheels, workbench)]
            running += [threads.submit(try_mode, wheels, mode, workbench) for mode in Mode]
        return [*trials, *(trial for one in running for trial in one.result())]


def try_mode(wheels: Sequence[Parcel], mode: Mode, workbench: Workbench) -> list[Trial]:
    """Give the trials at the oldest releases on the oldest Python, or at the newest on the newest."""
    requires = ",".join(sorted({wheel.embedded.runtime for wheel in wheels} - {""}))
    pythons = find_pythons(requires)
    if not pythons:
        reason = f"no Python {requires} was found"
        return [Trial(PYTHON, wheel.module, f"install, {mode.value}", skipped=reason) for wheel in wheels]
    python = pythons[0] if mode is Mode.LOWEST else pythons[-1]
    return try_environment(Delivery(wheels, find_needed(wheels)), mode, python, workbench)
