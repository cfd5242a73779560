"""The trials of npm packages: opened, installed, loaded, type-checked, called, and their bounds lowered."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from protoctl.model.trial import Trial
from protoctl.targets.node.gate.bench import Bench
from protoctl.targets.node.gate.imported import judge_imports
from protoctl.targets.node.gate.interpreters import find_nodes, is_too_old
from protoctl.targets.node.gate.opening import open_tarballs
from protoctl.targets.node.gate.package import read_package
from protoctl.targets.node.gate.resolve import resolve
from protoctl.verification.parcel import open_parcels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.targets.node.gate.interpreters import Node
    from protoctl.targets.node.gate.package import Package
    from protoctl.verification.workbench import Workbench

NODE = "node"


def is_mine(name: str) -> bool:
    """Tell whether a file is an npm tarball."""
    return name.endswith(".tgz")


def verify(files: Sequence[Path], workbench: Workbench) -> list[Trial]:
    """Give what became of tarballs in the hands of their consumers."""
    packages, trials = open_packages(files, workbench)
    if not packages:
        return trials
    resolved = resolve(packages, workbench)
    trials += [
        Trial(NODE, package.module, "npm", resolved.faults[package.name])
        for package in packages
        if resolved.faults[package.name]
    ]
    nodes, skipped = choose_nodes(find_nodes(workbench.node, os.environ), {package.engines for package in packages})
    return [*trials, *skipped, *Bench(workbench, nodes).try_all(resolved)]


def choose_nodes(nodes: Sequence[Node], engines: set[str]) -> tuple[list[Node], list[Trial]]:
    """Give the Nodes that are new enough for every package, and why others are left out."""
    wanted = {node: sorted(one for one in engines if is_too_old(node.version, one)) for node in nodes}
    skipped = [
        Trial(NODE, "", f"node {node.version}", skipped=f"older than engines, {', '.join(ranges)}")
        for node, ranges in wanted.items()
        if ranges
    ]
    return [node for node, ranges in wanted.items() if not ranges], skipped


def open_packages(files: Sequence[Path], workbench: Workbench) -> tuple[list[Package], list[Trial]]:
    """Give the packages that can be opened and import only what they require, and the trials of that."""
    start = time.monotonic()
    opened = open_tarballs(files, workbench)
    seconds = time.monotonic() - start
    trials = [
        Trial(NODE, one.module, f"archive, {one.path.name}", tuple(one.faults), seconds=seconds) for one in opened
    ]
    parcels, more = open_parcels(NODE, [one.path for one in opened if not one.faults])
    packages = [read_package(parcel.path, parcel) for parcel in parcels]
    judged = {package.path: tuple(judge_imports(package)) for package in packages}
    trials += [
        Trial(NODE, package.module, f"imports, {package.path.name}", judged[package.path]) for package in packages
    ]
    return [package for package in packages if not judged[package.path]], [*trials, *more]
