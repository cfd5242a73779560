"""The trials of wheels and sdists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from protoctl.model.trial import Trial
from protoctl.targets.python.gate.archives import try_sdists, try_wheels
from protoctl.targets.python.gate.beside import find_beside
from protoctl.targets.python.gate.floors import try_floors
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
            running.append(threads.submit(try_wheels, wheels, workbench))
            running += [threads.submit(try_bounds, wheels, mode, workbench) for mode in Mode]
        return [*trials, *(trial for one in running for trial in one.result())]


def try_bounds(wheels: Sequence[Parcel], mode: Mode, workbench: Workbench) -> list[Trial]:
    """Give the trials at the oldest releases on the oldest Python, floors too, or at the newest on the newest."""
    requires = ",".join(sorted({wheel.embedded.runtime for wheel in wheels} - {""}))
    pythons = find_pythons(requires)
    if not pythons:
        reason = f"no Python {requires} was found"
        return [Trial(PYTHON, wheel.module, f"install, {mode.value}", skipped=reason) for wheel in wheels]
    delivery = Delivery(wheels, find_beside(wheels))
    if mode is Mode.NEWEST:
        return try_environment(delivery, mode, pythons[-1], workbench)
    trials = try_environment(delivery, mode, pythons[0], workbench)
    has_failed = any(trial.faults for trial in trials)
    return trials if has_failed else trials + try_floors(delivery, pythons[0], workbench)
