"""From the configuration to pins: uv and npm resolve, their hashed files become `build/`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit.scratch import temporary_folder
from protoctl.model.gencode import PLUGIN_RUNTIME
from protoctl.model.toolchain import NODE, PROTOS, PYTHON, Image, Lock, Pin, components_in
from protoctl.toolchain.clients import run_npm, run_uv
from protoctl.toolchain.gencode import find_fitting, see_gencode
from protoctl.toolchain.install import install_python_packages
from protoctl.toolchain.lock_file import (
    FOLDER,
    NODE_REQUIREMENTS,
    NPM_REQUIREMENTS,
    REQUIRES_PYTHON,
    RUNTIME_FLOOR,
    component_files,
    find_change,
    fixed_files,
    make_lock,
    settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.model.configuration import Configuration

NODE_PYTHON = "3.11"
"""The oldest Python that protoctl itself runs on, which installs Node."""
REQUIREMENTS = "requirements.txt"
PACKAGE_LOCK = "package-lock.json"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
UNHASHED = re.compile(r"^([A-Za-z0-9._-]+)==[^\\]*$", re.MULTILINE)
"""A requirement whose line does not go on, so that no hash follows."""


def resolve(
    root: Path, configuration: Configuration, old: Lock | None, *, upgrade: bool
) -> tuple[Lock, dict[str, bytes]]:
    """Give a lock and the files of `build/`; pins of the old lock stay where they fit, unless upgraded.

    A component whose settings and files are as they were locked is kept without asking an index. Raises MachineError
    when an index cannot be reached or offers nothing that fits.
    """
    settings = settings_of(configuration)
    components = components_in(settings)
    files = fixed_files(components)
    for component in components:
        if old and not upgrade and is_current(old, component, settings, root):
            files |= {path: (root / FOLDER / path).read_bytes() for path in component_files(component)}
        else:
            known = {} if upgrade or not old else preferences(old, component, root)
            files |= resolve_component(component, settings, known)
    image = Image(configuration.image.base)
    lock = make_lock(settings, read_pins(files), files, image)
    if old and old.digest == lock.digest and old.image.base == image.base:
        lock = make_lock(settings, lock.pins, files, old.image)
    return lock, files


def is_current(old: Lock, component: str, settings: Mapping[str, tuple[str, ...]], root: Path) -> bool:
    """Tell whether resolving a component again without an upgrade would give what is locked."""
    same = all(old.settings.get(name) == settings.get(name) for name in depends_on(component))
    return same and not any(find_change(old, path, root) for path in component_files(component))


def depends_on(component: str) -> tuple[str, ...]:
    """Give the settings that the pins of a component are resolved for."""
    more = {NODE: (), PYTHON: (REQUIRES_PYTHON, RUNTIME_FLOOR)}.get(component, (REQUIRES_PYTHON,))
    return (component, *more)


def preferences(old: Lock, component: str, root: Path) -> dict[str, bytes]:
    """Give the files that uv and npm keep versions from; of a changed one its pins only, never its hashes."""
    intact = [path for path in component_files(component) if not find_change(old, path, root)]
    known = {Path(path).name: (root / FOLDER / path).read_bytes() for path in intact}
    pins = [f"{pin.name}=={pin.version}\n" for pin in old.pins if pin.component == component and pin.source == "pypi"]
    return {REQUIREMENTS: "".join(pins).encode()} | known


def resolve_component(
    component: str, settings: Mapping[str, tuple[str, ...]], known: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Give the files of `build/` for one component; raises MachineError."""
    oldest = settings[REQUIRES_PYTHON][0].removeprefix(">=")
    try:
        with temporary_folder("lock") as folder:
            for path, data in known.items():
                (folder / path).write_bytes(data)
            if component == NODE:
                compile_requirements(folder, NODE_REQUIREMENTS, NODE_PYTHON, component)
                lock_npm(folder)
            elif component == PROTOS:
                compile_requirements(folder, settings[component], oldest, component, ("--no-deps",))
            else:
                compile_generators(folder, settings, oldest, component)
            return {path: (folder / Path(path).name).read_bytes() for path in component_files(component)}
    except OSError as error:
        raise MachineError(f"cannot resolve the toolchain: {error.strerror}: {error.filename}") from error


def compile_generators(folder: Path, settings: Mapping[str, tuple[str, ...]], oldest: str, component: str) -> None:
    """Write `requirements.txt` for what generates Python; where a floor is set, with code that works from there on."""

    def compile_bounded(bounds: Sequence[str]) -> str:
        compile_requirements(folder, (*settings[component], *bounds), oldest, component, overriding)
        return (folder / REQUIREMENTS).read_text()

    floor = settings.get(RUNTIME_FLOOR, ("",))[0] if component == PYTHON else component.removeprefix(f"{PYTHON}-")
    overriding = ("--override", str(folder / "overrides.in")) if floor else ()
    (folder / "overrides.in").write_text(PLUGIN_RUNTIME)
    if floor:
        find_fitting(floor, compile_bounded, lambda: see_gencode(folder / REQUIREMENTS))
    else:
        compile_bounded(())


def compile_requirements(
    folder: Path, requirements: Sequence[str], oldest: str, component: str, extra: Sequence[str] = ()
) -> None:
    """Write `requirements.txt` with the hashes of every platform's files.

    One version serves all Pythons from `oldest` on, so that generated bounds hold on each of them.
    """
    source, target = folder / "requirements.in", folder / REQUIREMENTS
    source.write_text("\n".join(requirements))
    arguments = [
        *("pip", "compile", str(source), "--output-file", str(target), "--quiet"),
        *("--universal", "--python-version", oldest, "--fork-strategy", "fewest", "--generate-hashes"),
        *("--no-annotate", "--no-header", "--no-emit-index-url", *extra),
        *("--python", sys.executable),  # else uv starts every Python of the machine to find one
    ]
    run_uv(arguments, what=f"cannot resolve the toolchain's {component} part")
    check_requirements(target.read_text(), component, oldest)


def check_requirements(text: str, component: str, oldest: str) -> None:
    """Raise MachineError for a package in several versions or without hashes."""
    what = f"cannot lock the toolchain's {component} part"
    names = [name for name, _ in PIN.findall(text)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MachineError(what, said=f"no one version of {', '.join(twice)} serves every Python from {oldest} on")
    unhashed = UNHASHED.findall(text)
    if unhashed:
        said = f"the index tells no hashes of {', '.join(unhashed)}"
        raise MachineError(what, said=said, hint="use an index that tells them (PEP 503)")


def lock_npm(folder: Path) -> None:
    """Write `package.json` and `package-lock.json`; the lock names no registry."""
    what = "cannot resolve the toolchain's node part"
    manifest = {"name": "protoctl-toolchain", "version": "0.0.0", "private": True, "dependencies": NPM_REQUIREMENTS}
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    with temporary_folder("node") as node:
        install_python_packages(folder / REQUIREMENTS, node, what=what, offline=False)
        arguments = ["install", "--package-lock-only", "--omit-lockfile-registry-resolved"]
        run_npm(arguments, node=node, folder=folder, what=what)
    if not (folder / PACKAGE_LOCK).is_file():
        raise MachineError(what, said="npm wrote no package-lock.json", hint="is `package-lock` off in npm's settings?")


def read_pins(files: Mapping[str, bytes]) -> tuple[Pin, ...]:
    """Give the pins that the hashed files hold, sorted by component, source, name and version."""
    pins = {
        Pin(name, pinned, "pypi", path.partition("/")[0])
        for path, data in files.items()
        if path.endswith(f"/{REQUIREMENTS}")
        for name, pinned in PIN.findall(data.decode())
    }
    packages = json.loads(files[f"{NODE}/{PACKAGE_LOCK}"])["packages"]
    pins |= {
        Pin(path.rpartition("node_modules/")[2], entry["version"], "npm", NODE)
        for path, entry in packages.items()
        if path
    }
    return tuple(sorted(pins, key=lambda pin: (pin.component, pin.source, pin.name, pin.version)))
