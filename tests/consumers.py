"""Consumers of packages in clean environments: pip, uv and npm, which know one index and no settings of the machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import succeed
from node_programs import npm, pinned_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from registries import Registry
    from team import Stores

CALLS = Path(__file__).parent / "calls"
OTHERS = ("googleapis-common-protos", "grpcio", "protobuf", "types-grpcio", "types-protobuf", "typing-extensions")
"""What packages of the sample require; a team's index holds or mirrors it."""
IMPORTING = """
import importlib.metadata, sys
from acme.common.v1 import money_pb2
from acme.inventory.v1 import inventory_service_pb2_grpc
for one in importlib.metadata.distributions():
    if one.name.startswith("team-"):
        print(one.name.removeprefix("team-"), one.version)
"""


def fetch_others(folder: Path) -> None:
    """Fill a folder with the wheels of others."""
    succeed(sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", folder, *OTHERS)


def clean(registry: Registry) -> list[str | Path]:
    """Give the beginning of a command whose environment has the home of a registry's user and no settings."""
    own = ("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV")
    unset = [part for name in os.environ if name.startswith(own) for part in ("--unset", name)]
    return ["env", *unset, f"HOME={registry.folder}", f"PIP_CONFIG_FILE={os.devnull}", "UV_NO_CONFIG=1"]


def make_venv(folder: Path) -> Path:
    """Give the Python of a new environment."""
    succeed(uv(), "venv", "--quiet", "--python", sys.executable, folder)
    return folder / "bin/python"


def uv() -> str:
    """Give the program."""
    found = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert found
    return found


def install_with_pip(folder: Path, registry: Registry, *packages: str) -> Path:
    """Install from one index and give the environment's Python."""
    python = make_venv(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile"]
    succeed(*clean(registry), *pip, "--index-url", registry.url, *packages)
    return python


def install_with_uv(folder: Path, registry: Registry, *packages: str) -> Path:
    """Install from one index and give the environment's Python; pages that name no age are fresh for ten minutes."""
    python = make_venv(folder)
    command = [uv(), "pip", "install", "--quiet", "--refresh", "--python", str(python)]
    succeed(*clean(registry), *command, "--index-url", registry.url, *packages)
    return python


INSTALLERS: dict[str, Callable[..., Path]] = {"pip": install_with_pip, "uv": install_with_uv}


def install_with_npm(folder: Path, registry: Registry, *packages: str) -> Path:
    """Install a scope from one registry, what others publish from npm's, and give the folder."""
    folder.mkdir()
    (folder / "package.json").write_text('{"private": true}')
    (folder / ".npmrc").write_text(f"@team:registry={registry.url}\n")
    npm("install", "--userconfig", registry.folder / ".npmrc", *packages, cwd=folder)
    return folder


def python_versions(python: Path) -> dict[str, str]:
    """Give module → version of what an environment has, imported."""
    lines = succeed(python, "-c", IMPORTING).splitlines()
    return dict(line.split() for line in sorted(lines))


def node_versions(folder: Path) -> dict[str, str]:
    """Give module → version of what a folder has, imported."""
    program = 'await import("@team/common/v1"); await import("@team/inventory/v1/grpc");'
    succeed(pinned_node(), "--input-type", "module", "--eval", program, cwd=folder)
    files = sorted((folder / "node_modules/@team").glob("*/package.json"))
    return {file.parent.name: json.loads(file.read_text())["version"] for file in files}


@dataclass
class Consumers:
    """Everybody who installs, each time in an environment of its own."""

    stores: Stores
    """Where from."""
    folder: Path
    """Where to; it need not be there."""
    count: int = 0

    def place(self, name: str) -> Path:
        """Give a folder that is not there yet."""
        self.folder.mkdir(exist_ok=True)
        self.count += 1
        return self.folder / f"{self.count}-{name}"

    def pythons(self, *packages: str) -> list[Path]:
        """Install with each installer from each index."""
        return [
            install(self.place(f"{name}-{registry.folder.name}"), registry, *packages)
            for registry in self.stores.python
            for name, install in INSTALLERS.items()
        ]

    def node(self, *packages: str) -> Path:
        """Install with npm."""
        return install_with_npm(self.place("npm"), self.stores.node, *packages)

    def get(self, below: int | None = None) -> dict[str, dict[str, str]]:
        """Install what needs the others, everywhere, below a major, and give consumer → module → version."""
        python, node = (f"<{below}", f"@<{below}") if below else ("", "")
        names = ("billing", "inventory", "secret")
        pythons = self.pythons(*(f"team-{name}{python}" for name in names))
        folder = self.node(*(f"@team/{name}{node}" for name in names))
        found = {one.parent.parent.name: python_versions(one) for one in pythons}
        return found | {folder.name: node_versions(folder)}


@contextmanager
def serving(command: Sequence[str | Path], folder: Path) -> Iterator[str]:
    """Give the address of a server that runs until the end of the block."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def program(consumer: Path, name: str) -> list[str | Path]:
    """Give the command that starts a server or a client, with a Python or in a folder with `node_modules`."""
    if consumer.name == "python":
        return [consumer, CALLS / f"{name}.py"]
    shutil.copy(CALLS / f"{name}.mjs", consumer)
    return [pinned_node(), consumer / f"{name}.mjs"]


def call(client: Path, server: Path) -> list[str]:
    """Let a consumer call another one and give the lines that it prints."""
    with serving(program(server, "server"), server.parent) as address:
        return succeed(*program(client, "client"), address).splitlines()
