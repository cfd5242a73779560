"""Releases in a folder index, made without the gate, which has tests of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from compiled import session as tools
from packaging.utils import parse_wheel_filename

from protoctl.flows.session import Session
from protoctl.flows.workshop import Order, Workshop
from protoctl.model.event import silent
from protoctl.targets import load_target
from protoctl.versioning.release import parse_release
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

INDEX = '\n[indexes.team]\nkind = "directory"\nurl = "index"\n'


def release(root: Path, version: str, modules: Sequence[str] = (), targets: Sequence[str] = ("python",)) -> None:
    """Put packages of some modules, or all, at a version into `index/` below the workspace."""
    for files in make_releases(root, version, modules, targets).values():
        for name, data in files.items():
            place(root / "index", name, data)


def make_releases(
    root: Path, version: str, modules: Sequence[str] = (), targets: Sequence[str] = ("python",)
) -> Mapping[tuple[str, str], Mapping[str, bytes]]:
    """Give the files of packages of some modules, or all, at a version, by package."""
    workspace = discover(root)
    session = Session(workspace, replace(tools().options, frozen=True), silent)
    chosen = [load_target(name, workspace.configuration) for name in targets]
    releases = dict.fromkeys(workspace.modules, parse_release(version))
    order = Order(list(modules) or list(workspace.modules), chosen, releases, b"")
    workshop = Workshop.open(session, order)
    return workshop.make([workshop.plan(module, target) for target in chosen for module in order.modules])


def place(index: Path, name: str, data: bytes) -> None:
    """Put a wheel or an npm tarball of the scope `@acme` where an index of the kind `directory` has it."""
    if name.endswith(".whl"):
        target = index / "simple" / parse_wheel_filename(name)[0] / name
    elif name.endswith(".tgz"):
        target = index / "npm/@acme/-" / name.removeprefix("acme-")
    else:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
