"""Folders with what others publish, installed by npm and kept; and with the packages to try laid beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protoctl.kit.files import write_tree
from protoctl.targets.node.gate.registry import DAY, remember
from protoctl.toolchain.clients import run_npm
from protoctl.verification.workbench import environment_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from protoctl.targets.node.gate.package import Package
    from protoctl.targets.node.gate.plan import Setup
    from protoctl.verification.workbench import Workbench

MODULES = "node_modules"
LOCK = "package-lock.json"
MANIFEST = "package.json"


@dataclass(frozen=True)
class Layout:
    """A setup in a folder."""

    setup: Setup
    """What is there."""
    folder: Path
    """Its `node_modules` has the packages from files and links to the others."""
    environment: Path
    """Where the others are installed."""


def install(resolution: Mapping[str, str], workbench: Workbench, *, is_lowest: bool) -> Path:
    """Give the folder where packages of others are installed with all that they need.

    What they need in turn is at its newest: of today for the newest, of the first time for the lowest versions.
    Raises MachineError.
    """
    names = ", ".join(f"{name} {version}" for name, version in resolution.items()) or "nothing"
    what = f"cannot install {names}"
    manifest = json.dumps({"private": True, "dependencies": dict(resolution)})

    def lock() -> Any:  # noqa: ANN401  any JSON
        folder = workbench.scratch / environment_key("lock", dict(resolution))
        write_tree(folder, {MANIFEST: manifest.encode()})
        run_npm(["install", "--package-lock-only"], node=workbench.tools, folder=folder, what=what)
        return json.loads((folder / LOCK).read_bytes()) if resolution else {}

    locked = remember("locks", manifest, workbench, lock, what=what, age=0 if is_lowest else DAY)

    def fill(folder: Path) -> None:
        write_tree(folder, {MANIFEST: manifest.encode(), LOCK: json.dumps(locked).encode()})
        if resolution:
            run_npm(["ci"], node=workbench.tools, folder=folder, what=what, offline=workbench.offline)
        (folder / MODULES).mkdir(exist_ok=True)

    pins = {path: [one.get("version"), one.get("integrity")] for path, one in locked.get("packages", {}).items()}
    target = workbench.folder(environment_key("node", pins, dict(resolution)))
    return workbench.make_once(target, f"installing {names} (once per machine)", fill)


def lay_out(folder: Path, packages: Iterable[Package], environment: Path) -> Path:
    """Put packages into a new folder's `node_modules` as npm does, links to what others publish beside them."""
    modules = folder / MODULES
    modules.mkdir(parents=True)
    for entry in sorted((environment / MODULES).iterdir()):
        if entry.name.startswith("@"):
            (modules / entry.name).mkdir()
            for inner in sorted(entry.iterdir()):
                (modules / entry.name / inner.name).symlink_to(inner)
        elif not entry.name.startswith("."):
            (modules / entry.name).symlink_to(entry)
    for package in packages:
        write_tree(modules / package.name, package.files)
    return folder
