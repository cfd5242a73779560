"""A machine that fails: a small workspace to build on it, and what has to be so whatever failed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Finished, Workspace, fresh_cache

from protoctl.kit.files import write_tree
from protoctl.model.event import silent
from protoctl.toolchain.install import Installer, cache_folder
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

not_measured = pytest.mark.skipif("COVERAGE_PROCESS_CONFIG" in os.environ, reason="coverage bears no such machine")
"""For tests that leave a process too little for what measures its coverage."""
CANARY = "canary-5f0c2b-token"
"""A secret in the environment of every run; nothing that is printed or written may hold it."""
SECRETS = ("TWINE_PASSWORD", "NPM_TOKEN", "PROTOCTL_TOKEN", "DOCKER_AUTH_CONFIG")
ARGUMENTS = ("build", "--runner", "local", "--target", "python")
SECONDS_TO_VANISH = 5
PROTO = "message A {{\n  string {name} = 1;\n}}\nservice S {{\n  rpc Get(A) returns (A);\n}}"


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return when the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Give path to content of every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass
class Machine:
    """A workspace with its own cache and TMPDIR, on which protoctl runs in a wrapper."""

    home: Path
    """Everything lies below."""
    workspace: Workspace
    """One module with one file."""
    variables: dict[str, str] = field(default_factory=dict)
    """Of every run, beside those that make it this machine."""

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.workspace.root

    @property
    def dist(self) -> Path:
        """Where packages are placed."""
        return self.root / "dist"

    @property
    def cache(self) -> Path:
        """The cache folder."""
        return self.home / "cache"

    @property
    def temporary(self) -> Path:
        """TMPDIR."""
        return self.home / "temporary"

    @property
    def environment(self) -> dict[str, str]:
        """What protoctl is started with."""
        own = {"NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(self.temporary)}
        return {**os.environ, **own, "PROTOCTL_CACHE_DIR": str(self.cache), **dict.fromkeys(SECRETS, CANARY)} | (
            self.variables
        )

    def edit(self, name: str) -> None:
        """Write the proto with another field, so that a build has something to do."""
        self.workspace.proto("acme/a/v1/a.proto", PROTO.format(name=name))

    def forget(self) -> None:
        """Start with a cache that knows no results."""
        for entry in self.cache.glob("results/*/*"):
            entry.unlink()

    def start(self, *arguments: str | Path, wrapper: tuple[str, ...] = (), **variables: str) -> subprocess.Popen[str]:
        """Start protoctl in a wrapper, in the workspace's folder."""
        return subprocess.Popen(
            [*wrapper, sys.executable, "-m", "protoctl", *map(str, arguments or ARGUMENTS)],
            cwd=self.root,
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path, wrapper: tuple[str, ...] = (), **variables: str) -> Finished:
        """Run protoctl to its end; nothing that it said may be a secret or a traceback."""
        with self.start(*arguments, wrapper=wrapper, **variables) as process:
            out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        assert CANARY not in out + err
        return Finished(process.returncode, out, err)

    def reference(self, name: str) -> dict[str, bytes]:
        """Give what a build on a sound machine places."""
        self.edit(name)
        done = self.run()
        assert done.code == 0, done.err
        return snapshot(self.dist)

    def processes(self) -> list[int]:
        """Give the numbers of all processes that were started on this machine."""
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if self.is_here(path)]

    def is_here(self, environ: Path) -> bool:
        """Tell whether a process has our folder in its environment, and is more than an entry in a table."""
        with contextlib.suppress(OSError):
            return str(self.home).encode() in environ.read_bytes()
        return False

    def programs(self, words: str) -> list[int]:
        """Give the numbers of those whose command line has some words."""
        found = []
        for number in self.processes():
            with contextlib.suppress(OSError):
                if words.encode() in Path(f"/proc/{number}/cmdline").read_bytes():
                    found.append(number)
        return found

    def assert_clean(self) -> None:
        """Nothing runs, nothing lies about, and no secret was written."""
        wait_until(lambda: not self.processes(), SECONDS_TO_VANISH)
        assert litter(self) == []
        assert [path for path in self.home.rglob("*") if holds_canary(path)] == []


def litter(machine: Machine) -> list[str]:
    """Give what runs left in TMPDIR, beside `dist/`, in the workspace and in the cache."""
    expected = {"dist", "build", "proto", ".protoctl", "protoctl.toml", "protoctl.lock"}
    found = [*machine.temporary.iterdir(), *(path for path in machine.root.iterdir() if path.name not in expected)]
    found += [path for path in machine.root.glob(".protoctl/builds/*") if path.suffix != ".state"]
    found += [path for path in machine.cache.iterdir() if path.name not in {"toolchains", "results", "verification"}]
    found += [
        path for path in machine.cache.glob("results/*") if path.is_file() and path.name not in {"CACHEDIR.TAG", "size"}
    ]
    found += [path for path in machine.cache.glob("results/*") if path.name.startswith(".")]
    found += [path for path in machine.cache.glob("results/*/*") if path.name.startswith(".")]
    return sorted({str(path) for path in found})


def holds_canary(path: Path) -> bool:
    """Tell whether a file of ours holds the secret."""
    return not path.is_symlink() and path.is_file() and CANARY.encode() in path.read_bytes()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give a machine on which nothing was built yet."""
    return make_machine(tmp_path / "machine")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Give a machine on which nothing fails."""
    return make_machine(tmp_path_factory.mktemp("sound") / "machine")


@pytest.fixture(scope="session")
def references(sound: Machine) -> dict[str, dict[str, bytes]]:
    """Give what builds on a sound machine place: field to path to content."""
    return {name: sound.reference(name) for name in ("first", "second")}


@pytest.fixture(scope="session")
def sound_results(sound: Machine, references: dict[str, dict[str, bytes]]) -> Path:
    """Give what a sound machine's cache holds once the references are built."""
    assert references
    return sound.cache / "results"


@pytest.fixture
def used(machine: Machine, references: dict[str, dict[str, bytes]]) -> Machine:
    """Give a machine whose `dist/` is of the first build, and whose next build is the second."""
    write_tree(machine.dist, references["first"])
    machine.edit("second")
    return machine


def make_machine(home: Path, variables: Mapping[str, str] | None = None) -> Machine:
    """Give a machine below a folder that is missing."""
    home.mkdir()
    (home / "temporary").mkdir()
    fresh_cache(home / "cache")
    made = Machine(home, Workspace(home / "workspace"), dict(variables or {}))
    made.edit("first")
    return made


def script_compiler(machine: Machine, lines: str) -> None:
    """Put a program before protoc that runs some lines of Python, with `arguments` and `home`, and then protoc.

    The toolchain is installed, as far as protoctl can see: links to the real one, but for what starts protoc.
    """
    lock = read_lock(machine.root)
    assert lock
    real = Installer(machine.root, lock, machine.cache, silent, offline=True)
    installed = (machine.cache / "toolchains").resolve()
    component = real.folder("python").name
    (machine.cache / "toolchains").unlink()
    (machine.cache / "toolchains").mkdir()
    for path in installed.iterdir():
        if path.name != component:
            (machine.cache / "toolchains" / path.name).symlink_to(path)
    site = machine.cache / "toolchains" / component / "site"
    (site / "grpc_tools").mkdir(parents=True)
    for path in (installed / component / "site").iterdir():
        if path.name != "grpc_tools":
            (site / path.name).symlink_to(path)
    (site / "grpc_tools/__init__.py").write_text("")
    real_site = str(installed / component / "site")
    (site / "grpc_tools/protoc.py").write_text(
        "import os, signal, sys, time\nfrom pathlib import Path\n"
        f"home = Path({str(machine.home)!r})\narguments = Path('arguments').read_text()\n{lines}\n"
        "argv = [sys.executable, '-S', '-m', 'grpc_tools.protoc', *sys.argv[1:]]\n"
        f"os.execve(sys.executable, argv, {{**os.environ, 'PYTHONPATH': {real_site!r}}})\n"
    )


def repair_compiler(machine: Machine) -> None:
    """Take the scripted compiler away."""
    shutil.rmtree(machine.cache / "toolchains")
    (machine.cache / "toolchains").symlink_to(cache_folder() / "toolchains")
