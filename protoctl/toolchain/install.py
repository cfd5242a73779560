"""The toolchain in the user's cache folder: installed once from the lock, hashes checked, keyed by digest."""

from __future__ import annotations

import os
import sys
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import LockError, MachineError
from protoctl.kit.digest import digest_bytes
from protoctl.kit.once import make_once
from protoctl.model.event import Event
from protoctl.model.toolchain import NODE, PROTOS
from protoctl.toolchain.clients import run_npm, run_uv
from protoctl.toolchain.lock_file import FOLDER, component_files, packages_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.event import Emit
    from protoctl.model.toolchain import Lock

CACHE_VARIABLE = "PROTOCTL_CACHE_DIR"
TOOLCHAINS = "toolchains"
"""The folder of installed components below the user's cache folder."""


class Installer:
    """Gives the folders of a lock's components, installing what is missing."""

    def __init__(self, root: Path, lock: Lock, cache: Path, emit: Emit, *, offline: bool) -> None:
        """Take the workspace, its lock, the user's cache folder and where to report progress."""
        self.root = root
        self.lock = lock
        self.cache = cache
        self.emit = emit
        self.offline = offline

    def folder(self, component: str) -> Path:
        """Give where a component is or will be; the name holds its digest and, for programs, the platform."""
        tag = "any" if component == PROTOS else platform_tag()
        return self.cache / TOOLCHAINS / f"{component}-{packages_digest(self.lock, component)[:20]}-{tag}"

    def is_installed(self, component: str) -> bool:
        """Tell whether a component is ready; a folder takes its name only when complete."""
        try:
            return self.folder(component).is_dir()
        except PermissionError:
            return False

    def install(self, component: str) -> Path:
        """Give the folder of a component; raises MachineError when it cannot be fetched or a hash differs."""
        target = self.folder(component)
        if self.is_installed(component):
            return target
        self.emit(Event(f"installing the toolchain's {component} part (once per machine)"))
        inputs = self.read_inputs(component)
        try:
            return make_once(target, "protoctl", lambda fresh: self.fill(component, fresh, inputs))
        except OSError as error:
            raise MachineError(
                f"cannot write the cache folder {self.cache}: {error.strerror}",
                hint=f"free or allow it, or choose another with {CACHE_VARIABLE}",
            ) from error

    def read_inputs(self, component: str) -> dict[str, bytes]:
        """Give the files of `build/` that a component is installed from; raises LockError when one is not as locked."""
        found = {}
        for path in component_files(component):
            try:
                data = (self.root / FOLDER / path).read_bytes()
            except OSError as error:
                raise LockError(f"cannot read {FOLDER}/{path}: {error.strerror}", hint="run `protoctl lock`") from error
            if digest_bytes(data) != self.lock.files[path]:
                raise LockError(f"{FOLDER}/{path} is not what protoctl.lock says", hint="run `protoctl lock`")
            found[Path(path).name] = data
        return found

    def fill(self, component: str, folder: Path, inputs: Mapping[str, bytes]) -> None:
        """Install a component's packages into a folder, which gets its requirements too."""
        for name, data in inputs.items():
            (folder / name).write_bytes(data)
        what = f"cannot install the toolchain's {component} part"
        install_python_packages(folder / "requirements.txt", folder, what=what, offline=self.offline)
        if component == NODE:
            run_npm(["ci"], node=folder, folder=folder, what=what, offline=self.offline)


def install_python_packages(requirements: Path, folder: Path, *, what: str, offline: bool) -> None:
    """Install hashed requirements below `folder/site`; raises MachineError with `what` went wrong."""
    run_uv(
        [
            *("pip", "install", "--requirement", str(requirements), "--require-hashes", "--no-deps", "--no-build"),
            *("--target", str(folder / "site"), "--python", sys.executable, "--compile-bytecode", "--quiet"),
            *("--link-mode", "hardlink"),  # falls back to copies; links into uv's cache would not outlive it
        ],
        what=what,
        offline=offline,
    )


def platform_tag() -> str:
    """Give the interpreter, C library and platform that compiled packages depend on."""
    return f"{EXTENSION_SUFFIXES[0].split('.')[1]}-{sysconfig.get_platform()}"


def cache_folder() -> Path:
    """Give the user's cache folder: `PROTOCTL_CACHE_DIR`, or the platform's place for it; raises MachineError."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    from platformdirs import user_cache_path

    try:
        found = user_cache_path("protoctl")
    except RuntimeError:
        found = Path()
    if not found.is_absolute():  # as older versions of platformdirs say it
        raise MachineError("there is no home folder for the cache", hint=f"set HOME or {CACHE_VARIABLE}")
    return found
