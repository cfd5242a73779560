"""Whether each floor is true: one release below it, something must fail, else consumers are kept out for no reason."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from protoctl.kit.archive import read_zip
from protoctl.kit.digest import digest_mapping
from protoctl.kit.files import write_atomic
from protoctl.model.trial import Fault, Trial
from protoctl.packaging.embedded import SIZE_LIMIT
from protoctl.targets.python.gate.environment import make_environment
from protoctl.targets.python.gate.resolution import Mode, resolve
from protoctl.targets.python.gate.trials import PYTHON, Delivery, has_fault
from protoctl.targets.python.naming import normalise
from protoctl.verification.workbench import environment_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.targets.python.gate.pythons import Interpreter
    from protoctl.targets.python.gate.resolution import Resolved
    from protoctl.verification.parcel import Parcel
    from protoctl.verification.workbench import Workbench

NEEDED, EXCESSIVE = "needed", "excessive"
CHECKED = {"protobuf", "grpcio"}
"""Distributions whose floor generated code checks itself at import: an excess there is a mistake of protoctl's.

How old others may be depends on what a workspace uses of them, and one bound serves all its packages: an excess is
remarked.
"""


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
    """Give the floors of what packages require from the index, in no particular order."""
    required = {text for wheel in delivery.tried for text in wheel.embedded.requires}
    for text in required.intersection(delivery.bounds):
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
    fault = find_excess(delivery.only(tried), floor, python, workbench)
    seconds = time.monotonic() - begin
    found = (Fault(fault),) if fault else ()
    faults, remarks = (found, ()) if floor.name in CHECKED else ((), found)
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
    if not is_needed(delivery, f"{floor.name}-{older}", resolved, python, workbench):
        works = f"with {floor.name} {older} everything works"
        return f"{floor.text} is a higher bound than is needed: {works}{advise(floor, older)}"
    return ""


def advise(floor: Floor, older: str) -> str:
    """Give what may be written to lower a bound; nothing where protoctl sets it alone."""
    if floor.name in CHECKED or floor.name.startswith("types-"):
        return ""
    return f'; [dependencies] may say python = "{floor.name}>={older}"'


def is_needed(delivery: Delivery, name: str, resolved: Resolved, python: Interpreter, workbench: Workbench) -> bool:
    """Tell whether something fails with older releases; the answer is remembered for the same code and releases."""
    code = {wheel.module: code_digest(wheel) for wheel in delivery.wheels}
    gate = digest_mapping({path.name: path.read_bytes() for path in Path(__file__).parent.rglob("*.py")})
    known = workbench.folder("floors") / environment_key(
        "floor", name, code, resolved.requirements, python.version, gate
    )
    try:
        return known.read_text() == NEEDED
    except OSError:
        pass
    environment = make_environment(name, resolved, [wheel.path for wheel in delivery.wheels], python, workbench)
    is_failing = has_fault(delivery, environment, workbench)
    write_atomic(known, (NEEDED if is_failing else EXCESSIVE).encode())
    return is_failing


def code_digest(wheel: Parcel) -> str:
    """Give the digest of all that is imported or type-checked of a wheel: not of its version."""
    files = read_zip(wheel.path.read_bytes(), limit=SIZE_LIMIT)
    return digest_mapping({path: data for path, data in files.items() if ".dist-info/" not in path})
