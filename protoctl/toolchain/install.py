"""The toolchain in the user's cache folder: installed once from the lock, hashes checked, keyed by digest."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.model.event import Event
from protoctl.model.toolchain import NODE, PROTOS
from protoctl.toolchain.clients import run_npm, run_uv
from protoctl.toolchain.lock_file import COMPONENT_FILES, FOLDER, component_digest

if TYPE_CHECKING:
    from protoctl.model.event import Emit
    from protoctl.model.toolchain import Lock


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
        return self.cache / "toolchains" / f"{component}-{component_digest(self.lock, component)[:20]}-{tag}"

    def is_installed(self, component: str) -> bool:
        """Tell whether a component is ready; a folder takes its name only when complete."""
        return self.folder(component).is_dir()

    def install(self, component: str) -> Path:
        """Give the folder of a component; raises MachineError when it cannot be fetched or a hash differs."""
        target = self.folder(component)
        if target.is_dir():
            return target
        self.emit(Event(f"installing the toolchain's {component} part (once per machine)"))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
        except OSError as error:
            raise MachineError(f"cannot write the cache folder {target.parent}: {error.strerror}") from error
        try:
            self.fill(component, fresh)
            fresh.chmod(0o755)
            publish(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return target

    def fill(self, component: str, folder: Path) -> None:
        """Install a component's packages into an empty folder."""
        for path in COMPONENT_FILES[component]:
            shutil.copy(self.root / FOLDER / path, folder / Path(path).name)
        install_python_packages(folder / "requirements.txt", folder, offline=self.offline)
        if component == NODE:
            run_npm(["ci"], node=folder, folder=folder, what="cannot install protoc-gen-es", offline=self.offline)


def install_python_packages(requirements: Path, folder: Path, *, offline: bool) -> None:
    """Install hashed requirements below `folder/site`; raises MachineError."""
    run_uv(
        [
            *("pip", "install", "--requirement", str(requirements), "--require-hashes", "--no-deps", "--no-build"),
            *("--target", str(folder / "site"), "--python", sys.executable, "--compile-bytecode", "--quiet"),
        ],
        what="cannot install the toolchain",
        offline=offline,
    )


def publish(fresh: Path, target: Path) -> None:
    """Give a complete folder its name; another process may have been faster."""
    try:
        fresh.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def platform_tag() -> str:
    """Give the interpreter and platform that compiled packages depend on."""
    return f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"


def cache_folder() -> Path:
    """Give the user's cache folder: `PROTOCTL_CACHE_DIR`, or the platform's place for it."""
    chosen = os.environ.get("PROTOCTL_CACHE_DIR")
    if chosen:
        return Path(chosen).absolute()
    from platformdirs import user_cache_path  # noqa: PLC0415  not needed when chosen

    return user_cache_path("protoctl")
