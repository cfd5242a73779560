"""The trials of wheels in one environment: installed, imported, called, type-checked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from protoctl.errors import ToolError
from protoctl.model.trial import Fault, Trial
from protoctl.targets.python.gate.beside import find_needed
from protoctl.targets.python.gate.calls import try_calls
from protoctl.targets.python.gate.environment import find_conflicts, make_environment
from protoctl.targets.python.gate.imports import try_imports
from protoctl.targets.python.gate.layout import Layout
from protoctl.targets.python.gate.resolution import Mode, resolve
from protoctl.targets.python.gate.types import try_mypy, try_pyright, write_programs
from protoctl.targets.python.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from protoctl.targets.python.gate.environment import Environment
    from protoctl.targets.python.gate.pythons import Interpreter
    from protoctl.targets.python.gate.resolution import Resolved
    from protoctl.verification.parcel import Parcel
    from protoctl.verification.workbench import Workbench

    Faults = Mapping[str, Sequence[Fault]]

PYTHON = "python"


@dataclass(frozen=True)
class Delivery:
    """Wheels that are tried together."""

    tried: Sequence[Parcel]
    """Those that the verification is about."""
    needed: Sequence[Parcel]
    """Those that lie beside them and are required by them, directly or not."""

    @property
    def wheels(self) -> list[Parcel]:
        """All that is installed from files."""
        return [*self.tried, *self.needed]

    @property
    def bounds(self) -> tuple[str, ...]:
        """The requirements that no file here meets, sorted."""
        own = {normalise(wheel.embedded.distribution) for wheel in self.wheels}
        texts = {text for wheel in self.wheels for text in wheel.embedded.requires}
        return tuple(sorted(text for text in texts if normalise(Requirement(text).name) not in own))

    def only(self, wheels: Sequence[Parcel]) -> Delivery:
        """Give the delivery of some of the wheels with what these need."""
        return Delivery(wheels, find_needed(wheels, {normalise(one.embedded.distribution): one for one in self.wheels}))


def try_environment(delivery: Delivery, mode: Mode, python: Interpreter, workbench: Workbench) -> list[Trial]:
    """Give the trials with the oldest or the newest releases that the bounds allow."""
    begin = time.monotonic()
    resolved = resolve(delivery.bounds, mode, python, workbench)
    if resolved.contradiction:
        return [unsolvable(wheel, mode, resolved) for wheel in delivery.tried]
    paths = [wheel.path for wheel in delivery.wheels]
    name = f"{mode.value}-{delivery.tried[0].module}"
    environment = make_environment(name, resolved, paths, python, workbench)
    conflicts = find_conflicts(environment)
    fault = [Fault("the bounds of the packages contradict each other", said=conflicts)] if conflicts else []
    installed = to_trials(delivery, "install", mode, {wheel.module: fault for wheel in delivery.tried}, begin)
    return installed + use(delivery, mode, environment, workbench)


def use(delivery: Delivery, mode: Mode, environment: Environment, workbench: Workbench) -> list[Trial]:
    """Give the trials of wheels that are installed."""
    layout = Layout(delivery.wheels)
    programs = write_programs(environment, delivery.tried, layout)
    steps: Mapping[str, Callable[[], Faults]] = {
        "import": lambda: try_imports(environment, delivery.tried),
        "call": lambda: try_calls(environment, delivery.tried, layout),
        "mypy": lambda: try_mypy(programs, workbench),
        "pyright": lambda: try_pyright(programs, workbench),
    }
    trials: list[Trial] = []
    for consumer, step in steps.items():
        begin = time.monotonic()
        trials += to_trials(delivery, consumer, mode, attempt(step), begin)
    return trials


def has_fault(delivery: Delivery, environment: Environment, workbench: Workbench) -> bool:
    """Tell whether installed wheels cannot be imported, called or type-checked; the quick ways are tried first."""
    layout = Layout(delivery.wheels)
    steps: Sequence[Callable[[], Faults]] = (
        lambda: try_imports(environment, delivery.tried),
        lambda: try_calls(environment, delivery.tried, layout),
        lambda: try_mypy(write_programs(environment, delivery.tried, layout), workbench),
    )
    return any(found for step in steps for found in attempt(step).values())


def attempt(step: Callable[[], Faults]) -> Faults:
    """Give what a step finds; a consumer that dies on the packages is a fault of all together."""
    try:
        return step()
    except ToolError as error:
        return {"": [Fault(error.what, said=error.said)]}


def to_trials(delivery: Delivery, consumer: str, mode: Mode, faults: Faults, begin: float) -> list[Trial]:
    """Give a trial for each module that was tried, and one for faults that belong to none."""
    seconds = time.monotonic() - begin
    modules = {wheel.module for wheel in delivery.tried}
    owned = {module: tuple(found) for module, found in sorted(faults.items()) if module in modules}
    others = tuple(fault for module, found in faults.items() if module not in modules for fault in found)
    name = f"{consumer}, {mode.value}"
    groups = owned | ({"": others} if others else {})
    return [Trial(PYTHON, module, name, found, seconds=seconds) for module, found in groups.items()]


def unsolvable(wheel: Parcel, mode: Mode, resolved: Resolved) -> Trial:
    """Give the trial of a wheel whose requirements cannot be met."""
    fault = Fault("the requirements cannot be met", said=resolved.contradiction)
    return Trial(PYTHON, wheel.module, f"install, {mode.value}", (fault,))
