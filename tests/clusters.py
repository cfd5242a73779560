"""BuildGrid on loopback, with one worker: a real cluster of the Remote Execution API.

Its scheduler keeps its state in PostgreSQL, which the machine has to have. Tests that use it carry `cluster_tests`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import REPOSITORY, succeed
from registries import running, tools
from scripted_server import free_port

from protoctl.model.event import silent
from protoctl.toolchain.install import Installer, cache_folder
from protoctl.toolchain.lock_file import read_lock, write_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

cluster_tests = [pytest.mark.registries, pytest.mark.slow, pytest.mark.xdist_group("engine")]
PROGRAMS = ("buildgrid==0.4.4", "psycopg2-binary==2.9.12", "sqlalchemy==2.1.9")
BGD = "import sys; from buildgrid.server.app import cli; sys.exit(cli())"
IMAGE = f"registry.example/protoctl@sha256:{'0' * 64}"
"""The image that the worker pretends to have."""
CONFIGURATION = """
server: [!channel {{address: "127.0.0.1:{port}", insecure-mode: true}}]
connections: [!sql-connection &sql {{connection-string: "{database}"}}]
storages: [!disk-storage &storage {{path: "{folder}/blobs"}}]
caches: [!lru-action-cache &cache {{storage: *storage, max-cached-refs: 10000, allow-updates: true}}]
schedulers:
  - !sql-scheduler &scheduler
    sql: *sql
    action-cache: *cache
    storage: *storage
    property-set: !dynamic-property-set
      match-property-keys: [OSFamily]
      wildcard-property-keys: [container-image]
    assigners: [!priority-age-assigner {{count: 1, interval: 0.1}}]
instances:
  - name: main
    services:
      - !action-cache {{cache: *cache}}
      - !execution {{scheduler: *scheduler}}
      - !cas {{storage: *storage}}
      - !bytestream {{storage: *storage}}
"""


@dataclass(frozen=True)
class Grid:
    """A running cluster."""

    port: int
    """Where it listens."""
    programs: Path
    """The folder of its packages, for PYTHONPATH."""
    folder: Path
    """What it keeps."""
    numbers: Iterator[int] = field(default_factory=count)
    """Those that were not given yet."""

    @property
    def address(self) -> str:
        """As the configuration takes it."""
        return f"grpc://127.0.0.1:{self.port}/main"

    def number(self) -> int:
        """Give a number that was not given before."""
        return next(self.numbers)

    @contextmanager
    def worker(self, programs: dict[str, str]) -> Iterator[Path]:
        """Let a worker work, and give the file that tells what it was asked for, one JSON object a line."""
        told = self.folder / "told"
        program, place = REPOSITORY / "tests/cluster_worker.py", f"127.0.0.1:{self.port}"
        environment = {**os.environ, "PYTHONPATH": str(self.programs)}
        with told.open("wb") as stream:
            argv: list[str | Path] = [sys.executable, program, place, "main", json.dumps(programs)]
            worker = subprocess.Popen(argv, env=environment, stdout=stream)
        try:
            yield told
        finally:
            worker.terminate()
            worker.wait(timeout=30)


def install_programs(folder: Path) -> None:
    """Install BuildGrid into a folder."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert uv
    target = ["--python", sys.executable, "--target", str(folder)]
    succeed(uv, "pip", "install", "--quiet", "--compile-bytecode", *target, *PROGRAMS)


@contextmanager
def postgres() -> Iterator[str]:
    """Let PostgreSQL run in a folder of its own, as another user than root, and give the address of a database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        refuse = pytest.fail if os.environ.get("PROTOCTL_REQUIRE_REGISTRIES") else pytest.skip
        refuse("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="protoctl-postgres-", dir="/tmp") as name:
        folder, port = Path(name), free_port()
        other = []
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
            other = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        succeed(*other, found[-1], "-D", folder / "data", "-U", "grid", "-A", "trust", "--no-sync", cwd=folder)
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        program = found[-1].with_name("postgres")
        with running([*other, program, "-D", folder / "data", "-p", str(port), *options], port, folder):
            yield f"postgresql+psycopg2://grid@127.0.0.1:{port}/postgres"


@pytest.fixture(scope="session")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grid]:
    """Give a cluster without worker."""
    programs = tools("buildgrid", f"{sys.version} {PROGRAMS}", install_programs)
    folder, port = tmp_path_factory.mktemp("grid"), free_port()
    with ExitStack() as stack:
        database = stack.enter_context(postgres())
        settings = folder / "grid.yml"
        settings.write_text(CONFIGURATION.format(port=port, database=database, folder=folder))
        (folder / "blobs").mkdir()
        succeed("env", f"PYTHONPATH={programs}", sys.executable, "-c", BGD, "migrate", "apply", database)
        argv: list[str | Path] = [sys.executable, "-c", BGD, "server", "start", settings]
        stack.enter_context(running(argv, port, folder, programs))
        yield Grid(port, programs, folder)


def image_programs(root: Path) -> dict[str, str]:
    """Give what stands in the image, and where this machine has it."""
    lock = read_lock(root)
    assert lock
    installer = Installer(root, lock, cache_folder(), silent, offline=False)
    folders: dict[str, Any] = {name: str(installer.install(name)) for name in ("python", "node")}
    image = root.parent / "image"
    image.mkdir()
    for name, folder in folders.items():
        (image / name).symlink_to(folder)
    driver = str(REPOSITORY / "protoctl/runners/driver.py")
    succeed(sys.executable, "-I", "-S", driver, image, "bin")
    return {"python3": sys.executable, "/opt/protoctl/driver.py": driver, "/opt/protoctl": str(image)}


def lock_image(root: Path) -> None:
    """Let a workspace's lock name the image that the worker pretends to have."""
    lock = read_lock(root)
    assert lock
    files = {path: (root / "build" / path).read_bytes() for path in lock.files}
    write_lock(root, replace(lock, image=replace(lock.image, reference=IMAGE)), files)
