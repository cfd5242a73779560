"""Whether a typed program that uses everything type-checks, by mypy and by pyright, both strict."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit import process
from protoctl.model.trial import Fault
from protoctl.targets.python.gate.consumer import write_consumer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from protoctl.targets.python.gate.environment import Environment
    from protoctl.targets.python.gate.layout import Layout
    from protoctl.verification.parcel import Parcel
    from protoctl.verification.workbench import Workbench

    Faults = dict[str, list[Fault]]

SECONDS = 600
"""For one type checker."""
LIMIT = 20
"""Faults of one module that are told; one wrong type can be found a thousand times."""
SETTINGS = {
    "typeCheckingMode": "strict",
    "reportDeprecated": False,
    "reportUnusedImport": False,
    "reportUnusedVariable": False,
    "reportUnknownMemberType": False,
    "reportUnknownVariableType": False,
    "reportUnknownArgumentType": False,
}
"""pyright's: what is only used to be used is no fault, nor is an owner of imported files that has no types."""


@dataclass(frozen=True)
class Programs:
    """The typed programs in an environment, one for each wheel."""

    environment: Environment
    """Where they are."""
    folder: Path
    """What they lie in."""
    modules: Mapping[str, str]
    """File name to the module whose wheel it uses."""
    owners: Mapping[str, str]
    """Path of each installed file to the module that it came with."""

    def blame(self, path: str) -> tuple[str, str]:
        """Give the module that a file belongs to, or nothing, and how the file is called for a reader."""
        name = os.path.relpath(path, self.folder) if Path(path).is_absolute() else path
        if name in self.modules:
            return self.modules[name], name
        name = os.path.relpath(path, self.environment.site)
        return self.owners.get(name, ""), name


def write_programs(environment: Environment, wheels: Sequence[Parcel], layout: Layout) -> Programs:
    """Write a program for each wheel into an environment."""
    folder = environment.folder / "consumers"
    folder.mkdir()
    modules = {f"consumer_{number}.py": wheel for number, wheel in enumerate(wheels)}
    for name, wheel in modules.items():
        (folder / name).write_text(write_consumer(wheel, layout), "utf-8")
    owners = {path: wheel.module for wheel in wheels for path in wheel.embedded.files}
    return Programs(environment, folder, {name: wheel.module for name, wheel in modules.items()}, owners)


def try_mypy(programs: Programs, workbench: Workbench) -> Faults:
    """Give module to what mypy says about its program."""
    argv = [sys.executable, "-s", "-m", "mypy", "--strict", "--output", "json", "--cache-dir", os.devnull]
    argv += ["--python-executable", str(programs.environment.python), *sorted(programs.modules)]
    variables = {**os.environ, "PYTHONPATH": str(workbench.tools / "site"), "MYPYPATH": ""}
    done = process.run(argv, folder=programs.folder, environment=variables, timeout=SECONDS)
    lines = [line for line in done.stdout.decode().splitlines() if line.startswith("{")]
    said = [json.loads(line) for line in lines]
    found = [(one["file"], one["line"], one["message"]) for one in said if one["severity"] == "error"]
    if done.returncode not in {0, 1} and not found:
        raise ToolError(f"mypy died with {done.returncode}", said=done.stderr or done.stdout.decode())
    return sort(programs, found)


def try_pyright(programs: Programs, workbench: Workbench) -> Faults:
    """Give module to what pyright says about its program."""
    (programs.folder / "pyrightconfig.json").write_text(json.dumps(SETTINGS))
    argv = [str(workbench.node), str(workbench.tools / "node_modules/pyright/index.js"), "--outputjson"]
    argv += ["--pythonpath", str(programs.environment.python)]
    done = process.run(argv, folder=programs.folder, timeout=SECONDS)
    try:
        said = json.loads(done.stdout)["generalDiagnostics"]
    except (ValueError, KeyError) as error:
        raise ToolError(f"pyright died with {done.returncode}", said=done.stderr or done.stdout.decode()) from error
    errors = [one for one in said if one["severity"] == "error"]
    return sort(programs, [(one["file"], one["range"]["start"]["line"] + 1, one["message"]) for one in errors])


def sort(programs: Programs, found: Iterable[tuple[str, int, str]]) -> Faults:
    """Give module to faults; what cannot be blamed on a module is blamed on all together, the empty name."""
    faults: Faults = {module: [] for module in programs.modules.values()}
    for path, line, message in found:
        module, name = programs.blame(path)
        group = faults.setdefault(module, [])
        if len(group) < LIMIT:
            group.append(Fault(shown(message), name, line, excerpt(programs.folder / name, line)))
    return faults


def shown(message: str) -> str:
    """Give a message as one sentence on one line."""
    return " ".join(message.split()).removesuffix(".")


def excerpt(path: Path, line: int) -> str:
    """Give the line of a program that a type checker refuses; the program is gone when the report is read."""
    if not path.is_file():
        return ""
    lines = path.read_text("utf-8").splitlines()
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""
