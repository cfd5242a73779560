"""What every test may use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from protoctl.kit.cache_tag import mark_cache
from protoctl.model.event import silent
from protoctl.toolchain.install import cache_folder
from protoctl.verification.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

pytest_plugins = ["agents", "engine", "faults", "registries", "release_runs", "scripted_cluster", "workflows"]
pytest_plugins += ["clusters"]  # after those that it imports
REPOSITORY = Path(__file__).parent.parent
SHARED = REPOSITORY.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what takes long where nobody asked for it."""
    if "PROTOCTL_TEST_SLOW" in os.environ:
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow; set PROTOCTL_TEST_SLOW"))


@dataclass(frozen=True)
class Finished:
    """What a run of protoctl left."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Protoctl:
    """The program as users start it."""

    environment: Mapping[str, str]

    def __call__(self, *arguments: str | Path, cwd: Path | None = None, **variables: str) -> Finished:
        """Run `protoctl ARGUMENTS` in a folder, with more environment variables."""
        done = subprocess.run(
            [sys.executable, "-m", "protoctl", *map(str, arguments)],
            cwd=cwd or REPOSITORY,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)


def fresh_cache(folder: Path) -> Path:
    """Give a cache folder that knows no results and shares what this machine has installed and indexes told."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("toolchains", "verification"):
        installed = cache_folder() / name
        installed.mkdir(parents=True, exist_ok=True)
        mark_cache(installed, "protoctl")
        (folder / name).symlink_to(installed)
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the cache of this run: what an earlier run built is no result of this one."""
    return fresh_cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def gate_tools() -> Path:
    """Give the folder of the programs that `protoctl verify` tries packages with, installed."""
    return Workbench(cache_folder(), Path(), silent).tools


@pytest.fixture(scope="session")
def protoctl(cache: Path) -> Protoctl:
    """Give the program with the cache of this run, in which the toolchain is that of the machine."""
    own = {"NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY), "PROTOCTL_CACHE_DIR": str(cache)}
    return Protoctl({**os.environ, **own})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Give an empty folder to build a workspace in, with this repository's lock."""
    return Workspace(tmp_path / "workspace")


class Workspace:
    """A workspace that a test writes."""

    def __init__(self, root: Path) -> None:
        """Make the folder with the repository's lock and `build/`, so that nothing is resolved."""
        self.root = root
        root.mkdir()
        shutil.copy(REPOSITORY / "protoctl.lock", root)
        shutil.copytree(REPOSITORY / "build", root / "build")
        self.configure()

    def configure(self, text: str = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n') -> None:
        """Write `protoctl.toml`; the owners that the repository's lock knows are added."""
        owners = '\n[dependencies]\n"google/api/**" = { python = "googleapis-common-protos" }\n'
        (self.root / "protoctl.toml").write_text(text + ("" if "[dependencies]" in text else owners))

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below the workspace."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def proto(self, path: str, body: str = "", *, imports: tuple[str, ...] = ()) -> Path:
        """Write a proto3 file below `proto/` whose proto_package is its folder."""
        package = path.rpartition("/")[0].replace("/", ".")
        lines = ['syntax = "proto3";', f"package {package};", *(f'import "{one}";' for one in imports), body]
        return self.write(f"proto/{path}", "\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of corpora beside the repository; a user's clone has none."""
    if not SHARED.is_dir():
        pytest.skip("no corpora beside this clone")
    return SHARED


@dataclass(frozen=True)
class Sample:
    """The sample workspace, copied and built by the local runner."""

    root: Path
    """The copy."""

    @property
    def dist(self) -> Path:
        """The folder with all packages."""
        return self.root / "dist"

    @property
    def wheels(self) -> list[Path]:
        """Every wheel, sorted."""
        return sorted((self.dist / "python").glob("*.whl"))

    @property
    def sdists(self) -> list[Path]:
        """Every sdist, sorted."""
        return sorted((self.dist / "python").glob("*.tar.gz"))


def copy_sample(root: Path) -> Path:
    """Copy this repository's workspace, without anything that was built."""
    root.mkdir(parents=True)
    for name in ("protoctl.toml", "protoctl.lock", "LICENSE"):
        shutil.copy(REPOSITORY / name, root / name)
    for name in ("proto", "build"):
        shutil.copytree(REPOSITORY / name, root / name)
    return root


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, protoctl: Protoctl) -> Sample:
    """Give the sample workspace with its packages in `dist/`."""
    root = copy_sample(tmp_path_factory.mktemp("sample") / "acme")
    done = protoctl("build", "--runner", "local", "--workspace", root)
    assert done.code == 0, done.err
    return Sample(root)


@pytest.fixture(scope="session")
def sample_trials(sample: Sample, protoctl: Protoctl) -> list[dict[str, Any]]:
    """Give every trial of the sample's packages; tests that use it are of the xdist group `verify`."""
    done = protoctl("verify", "--json", sample.dist)
    assert done.out, done.err
    trials: list[dict[str, Any]] = json.loads(done.out)["trials"]
    return trials


def interpreters() -> list[str]:
    """Give every Python from 3.9 on that works here, by path, oldest first."""
    pyenv = sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    named = [shutil.which(f"python3.{minor}") for minor in range(9, 15)]
    found: dict[str, str] = {}
    for candidate in [*map(str, pyenv), *filter(None, named), sys.executable]:
        done = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%02d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0 and done.stdout.strip() >= "3.09":
            found.setdefault(done.stdout.strip(), candidate)
    return [found[version] for version in sorted(found)]


def make_environment(folder: Path, packages: Iterable[str | Path], python: str = sys.executable) -> Path:
    """Give the Python of a new virtual environment with packages installed."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert uv
    subprocess.run([uv, "venv", "--quiet", "--python", python, folder], check=True, capture_output=True)
    target = folder / "bin" / "python"
    arguments = [uv, "pip", "install", "--quiet", "--python", target, *packages]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def succeed(*argv: str | Path, cwd: Path | None = None, text: str = "") -> str:
    """Run a command that must succeed, with text on standard input, and give its standard output."""
    done = subprocess.run(list(argv), cwd=cwd, input=text, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout
