"""Whether each floor is true: one release below it, something must fail, else consumers are kept out for no reason."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from protoctl.model.trial import Fault, Trial
from protoctl.targets.python.gate.environment import make_environment
from protoctl.targets.python.gate.resolution import Mode, resolve
from protoctl.targets.python.gate.trials import PYTHON, Delivery, has_fault
from protoctl.targets.python.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.targets.python.gate.pythons import Interpreter
    from protoctl.verification.workbench import Workbench

TYPES = "types-"
"""How distributions are called that nobody runs. How old they may be differs from proto to proto, and one bound serves
all packages of a toolchain, so that one which is too high for some is only remarked."""


@dataclass(frozen=True)
class Floor:
    """A bound that keeps older releases out."""

    text: str
    """The requirement as the packages declare it."""
    name: str
    """The distribution, normalised."""
    version: str
    """The oldest release that it allows."""


def find_floors(delivery: Delivery) -> Iterator[Floor]:
    """Give the floors of requirements that come from the index, sorted."""
    for text in delivery.bounds:
        requirement = Requirement(text)
        versions = [one.version for one in requirement.specifier if one.operator == ">="]
        if versions:
            yield Floor(text, normalise(requirement.name), versions[0])


def try_floors(delivery: Delivery, python: Interpreter, workbench: Workbench) -> list[Trial]:
    """Give a trial for each floor of each package."""
    with ThreadPoolExecutor() as threads:
        groups = threads.map(lambda floor: try_floor(delivery, floor, python, workbench), find_floors(delivery))
        return [trial for group in groups for trial in group]


def try_floor(delivery: Delivery, floor: Floor, python: Interpreter, workbench: Workbench) -> list[Trial]:
    """Give the trials of the packages with a floor; they are judged together, with the oldest of all else."""
    begin = time.monotonic()
    tried = [wheel for wheel in delivery.tried if floor.text in wheel.embedded.requires]
    fault = find_excess(Delivery(tried, delivery.needed_by(tried)), floor, python, workbench)
    seconds = time.monotonic() - begin
    found = (Fault(fault),) if fault else ()
    faults, remarks = ((), found) if floor.name.startswith(TYPES) else (found, ())
    name = f"floor, {floor.name}"
    return [Trial(PYTHON, wheel.module, name, faults, remarks, seconds=seconds) for wheel in tried]


def find_excess(delivery: Delivery, floor: Floor, python: Interpreter, workbench: Workbench) -> str:
    """Say that the release before a floor serves as well; nothing when it does not, or when there is none."""
    below = resolve([f"{floor.name}<{floor.version}"], Mode.NEWEST, python, workbench, age=math.inf)
    if below.contradiction:
        return ""
    older = below.pins[floor.name]
    bounds = [text for text in delivery.bounds if normalise(Requirement(text).name) != floor.name]
    resolved = resolve([*bounds, f"{floor.name}=={older}"], Mode.LOWEST, python, workbench)
    if resolved.contradiction:
        return ""
    paths = [wheel.path for wheel in delivery.wheels]
    environment = make_environment(f"{floor.name}-{older}", resolved, paths, python, workbench)
    if has_fault(delivery, environment, workbench):
        return ""
    return f"{floor.text} is a higher bound than is needed: with {floor.name} {older} everything works"
