"""Whether every module imports, alone and with all others, with what its package declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from protoctl.model.trial import Fault
from protoctl.targets.python.gate.layout import python_modules
from protoctl.targets.python.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.targets.python.gate.environment import Environment
    from protoctl.verification.parcel import Parcel


def try_imports(environment: Environment, wheels: Sequence[Parcel]) -> dict[str, list[Fault]]:
    """Give module of the workspace to what keeps its Python modules from being imported."""
    owners = {name: wheel for wheel in wheels for name in python_modules(wheel)}
    answer = environment.run("import_all.py", {"modules": sorted(owners), "site": str(environment.site)})
    faults: dict[str, list[Fault]] = {wheel.module: [] for wheel in wheels}
    for one in answer["faults"]:
        how = " after all others" if one["together"] else ""
        cause = f"{one['module']} cannot be imported{how}: {one['cause']}"
        faults[owners[one["module"]].module].append(Fault(cause, one["file"], one["line"]))
    for name, used in answer["uses"].items():
        faults[owners[name].module] += undeclared(owners[name], name, used)
    return faults


def undeclared(wheel: Parcel, module: str, used: Mapping[str, str]) -> list[Fault]:
    """Give a fault for each distribution that a module imports and its package does not require."""
    declared = {normalise(Requirement(text).name) for text in wheel.embedded.requires}
    declared.add(normalise(wheel.embedded.distribution))
    file = module.replace(".", "/") + ".py"
    return [
        Fault(f"imports {name} of {distribution}, which the package does not require", file)
        for distribution, name in used.items()
        if normalise(distribution) not in declared
    ]
