"""The trials of wheels and sdists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from protoctl.model.trial import Fault, Trial
from protoctl.targets.python.gate.archives import judge_archives, try_sdists, try_wheels
from protoctl.targets.python.gate.beside import find_beside
from protoctl.targets.python.gate.floors import try_floors
from protoctl.targets.python.gate.groups import split
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
    judged = judge_archives(files)
    sound = [path for path, trial in zip(files, judged, strict=True) if not trial.faults]
    parcels, opened = open_parcels(PYTHON, sound)
    wheels = [parcel for parcel in parcels if parcel.embedded.kind == "wheel"]
    sdists = [parcel for parcel in parcels if parcel.embedded.kind == "sdist"]
    with ThreadPoolExecutor() as threads:
        running = [threads.submit(try_sdists, sdists, wheels, workbench)]
        if wheels:
            running.append(threads.submit(try_wheels, wheels, workbench))
            running += [threads.submit(try_bounds, wheels, mode, workbench) for mode in Mode]
        return [*judged, *opened, *(trial for one in running for trial in one.result())]


def try_bounds(wheels: Sequence[Parcel], mode: Mode, workbench: Workbench) -> list[Trial]:
    """Give the trials at the oldest releases on the oldest Python, floors too, or at the newest on the newest."""
    requires = ",".join(sorted({wheel.embedded.runtime for wheel in wheels} - {""}))
    pythons = find_pythons(requires)
    if not pythons:
        fault = Fault(f"this machine has no Python {requires} to try it on")
        return [Trial(PYTHON, wheel.module, f"install, {mode.value}", (fault,)) for wheel in wheels]
    python = pythons[0] if mode is Mode.LOWEST else pythons[-1]
    trials = []
    for delivery in split(Delivery(wheels, find_beside(wheels)), mode, python, workbench):
        found = try_environment(delivery, mode, python, workbench)
        if mode is Mode.LOWEST and not any(trial.faults for trial in found):
            found += try_floors(delivery, python, workbench)
        trials += found
    return trials
