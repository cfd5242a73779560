"""Everything that can be imported, by import and by require, on every Node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from protoctl.model.trial import Fault
from protoctl.targets.node.gate.environment import MODULES
from protoctl.targets.node.gate.package import Package, by_name
from protoctl.targets.node.gate.plan import LOWEST
from protoctl.targets.node.gate.program import run_program
from protoctl.targets.node.gate.subpaths import REQUIRE, TYPES, by_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from protoctl.targets.node.gate.environment import Layout
    from protoctl.targets.node.gate.plan import Setup
    from protoctl.targets.node.gate.program import Answer

CODE = (".js", ".mjs", ".cjs")
TIMEOUT = 120
"""Seconds for all packages together on one Node."""
IMPORTER = re.compile(r"imported from (?:file://)?(\S+)|Require stack:\n- (\S+)")
MISSING = re.compile(r"Cannot find (?:package|module) '([^']+)'|Package subpath '\.([^']*)' is not defined")
"""What is missing, as a whole or as the end of what was imported."""
Faults = dict[str, list[Fault]]
"""By module."""


class Imports(NamedTuple):
    """What one package lets others import."""

    code: list[list[str]]
    """What can be loaded, by the file behind it."""
    entries: list[list[str]]
    """Those of them that are names of their own and no patterns: they bring all the others."""
    data: list[str]
    """What can be found and read."""


def imports_of(package: Package) -> Imports:
    """Give every specifier of a package, the `exports` of package.json being what counts."""
    runtime = [one for one in package.subpaths if TYPES not in one.conditions]
    files: dict[str, dict[str, None]] = {}
    for one in runtime:
        if one.target.endswith(CODE) and one.conditions != (REQUIRE,):
            files.setdefault(one.target, {})[one.specifier(package.name)] = None
    code = [list(specifiers) for specifiers in files.values()]
    named = {package.name + name.removeprefix(".") for name in by_key(package.metadata.get("exports"))}
    entries = [[first] for first, *_ in code if first in named] or code
    data = {one.specifier(package.name): None for one in runtime if not one.target.endswith(CODE)}
    return Imports(code, entries, list(data))


def load(layout: Layout, node: Path) -> Faults:
    """Give what is wrong with the packages of a setup, on one Node."""
    setup = layout.setup
    packages = [{"module": package.module} | imports_of(package)._asdict() for package in setup.tried]
    request = {"packages": packages, "others": list(setup.resolution), "alone": LOWEST in setup.label}
    return faults_of(run_program(node, "load.mjs", request, home=layout.folder, timeout=TIMEOUT), layout)


def faults_of(answer: Answer, layout: Layout) -> Faults:
    """Give what a program found, each fault once; what no module is known to have done is everybody's."""
    faults: Faults = {package.module: [] for package in layout.setup.tried}
    if answer.value is None:
        return {module: [Fault("Node failed with all packages together", said=answer.said)] for module in faults}
    for problem in answer.value:
        fault = fault_of(problem, layout.setup, layout.folder)
        for module in [problem["module"]] if problem["module"] in faults else faults:
            if gist(fault) not in map(gist, faults[module]):
                faults[module].append(fault)
    return faults


def gist(fault: Fault) -> tuple[str, str]:
    """Give what tells a fault from others: of one in a file, not through which specifier it was met."""
    return (fault.place, fault.cause.partition(": ")[2]) if fault.file else ("", fault.cause)


def fault_of(problem: Mapping[str, str], setup: Setup, folder: Path) -> Fault:
    """Give the fault for what the program found."""
    what, stack = problem["what"].replace(f"{folder}/", ""), problem["stack"]
    file, line = find_place(stack, setup, folder)
    missing = MISSING.search(what)
    if missing and file and not line:
        line = line_of_import(file, missing[1] or missing[2], setup)
    owner = next((one for one in setup.tried if one.module == problem["module"]), None)
    prefix = f"{owner.name}/" if owner else ""
    cause = f"{problem['how']} {problem['specifier']}: {what}"
    return Fault(cause, file.removeprefix(prefix), line, stack.replace(f"{folder}/", "").strip())


def find_place(stack: str, setup: Setup, folder: Path) -> tuple[str, int]:
    """Give the file of ours that an error happened in, below `node_modules`, and its line; nothing and 0 when none."""
    importer = IMPORTER.search(stack)
    inside = re.escape(f"{folder}/{MODULES}/")
    with_line = re.search(rf"{inside}([^\s:)]+):(\d+)", stack)
    if with_line and by_name(setup.packages, with_line[1]):
        return with_line[1], int(with_line[2])
    path = next(filter(None, importer.groups()), "") if importer else ""
    return (path.removeprefix(f"{folder}/{MODULES}/"), 0) if path.startswith(f"{folder}/{MODULES}/") else ("", 0)


def line_of_import(file: str, specifier: str, setup: Setup) -> int:
    """Give the line of a file, below `node_modules`, that imports something; 0 when there is none."""
    package = by_name(setup.packages, file)
    text = package.files.get(file.removeprefix(f"{package.name}/"), b"") if package else b""
    lines = text.decode(errors="replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if specifier in line and '"' in line), 0)
