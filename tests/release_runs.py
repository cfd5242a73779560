"""Releases of a small workspace in git to indexes, run as often as a test wants, killed where it wants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Finished, Workspace
from faults import snapshot
from repositories import SETTINGS, commit, git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PROGRAM = Path(__file__).parent / "release_server.py"
TABLE = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n'
FOLDER = '\n[indexes.team]\nkind = "directory"\nurl = "../index"\n'
PERSON = {"NAME": SETTINGS["user.name"], "EMAIL": SETTINGS["user.email"]}
"""Who commits and tags."""


class Releaser:
    """Runs `protoctl` in forks of one warm process, whose gate passes everything."""

    def __init__(self, cache: Path, name: str = "", wrapper: tuple[str, ...] = ()) -> None:
        """Start the process, with the cache that all runs share; two at one home need names."""
        self.name = name
        names = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in PERSON.items()}
        own = {"NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY), "PROTOCTL_CACHE_DIR": str(cache), **names}
        self.process = subprocess.Popen(
            [*wrapper, sys.executable, PROGRAM],
            env={**os.environ, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(
        self,
        home: Path,
        *arguments: str,
        place: str = "work",
        kill: int = 0,
        act: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run `protoctl publish ARGUMENTS` below a home; it dies before effect `kill`, or `act` happens there."""
        papers = {name: home / f".{self.name}{name}" for name in ("out", "err", "log")}
        order = {
            "arguments": ["publish", "--runner", "local", *arguments],
            "folder": str(home / place),
            "home": f"{home}/",
            "variables": dict(variables or {}),
            "kill": kill,
            "act": act,
            **{name: str(path) for name, path in papers.items()},
        }
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        done = Finished(code, papers["out"].read_text(), papers["err"].read_text())
        assert "Traceback" not in done.err, done.err
        return done

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def releaser(cache: Path) -> Iterator[Releaser]:
    """Give what runs releases; its cache knows what earlier runs built."""
    made = Releaser(cache)
    yield made
    made.close()


@pytest.fixture(scope="session")
def rival(cache: Path) -> Iterator[Releaser]:
    """Give what runs a release while another runs."""
    made = Releaser(cache, "rival-")
    yield made
    made.close()


@pytest.fixture(scope="session")
def pushed(tmp_path_factory: pytest.TempPathFactory, releaser: Releaser) -> tuple[Path, Path]:
    """Give a home before a release whose tags are pushed, and the same home after it."""
    return undisturbed(tmp_path_factory.mktemp("pushed"), releaser, "--push", "origin")


def undisturbed(folder: Path, releaser: Releaser, *arguments: str) -> tuple[Path, Path]:
    """Give a home before the second release of two modules, and the same home after it."""
    before = make_home(folder / "before")
    done = releaser(before, "--initial", *arguments)
    assert done.code == 0, done.err
    change(before)
    after = duplicate(before, folder / "after")
    done = releaser(after, *arguments)
    assert done.code == 0, done.err
    return before, after


def effects(home: Path) -> list[str]:
    """Give what the last run below a home did to the world, in order."""
    return (home / ".log").read_text().splitlines()


def make_home(home: Path, indexes: str = FOLDER, name: str = "acme") -> Path:
    """Write a workspace of two modules in a repository with an origin, all of it below a home that is missing."""
    home.mkdir()
    workspace = Workspace(home / "work")
    workspace.configure(TABLE.replace("acme", name, 1) + indexes)
    workspace.proto("acme/common/v1/page.proto", "message Page {\n  string token = 1;\n}")
    user = "message User {\n  string name = 1;\n  acme.common.v1.Page page = 2;\n}"
    workspace.proto("acme/user/v1/user.proto", user, imports=("acme/common/v1/page.proto",))
    workspace.write(".gitignore", "dist/\n.protoctl/\n")
    commit(workspace.root)
    git(home, "init", "--quiet", "--bare", "--initial-branch", "main", "origin")
    git(workspace.root, "remote", "add", "origin", "../origin")
    git(workspace.root, "push", "--quiet", "origin", "main")
    return home


def change(home: Path, path: str = "common/v1/page.proto", field: str = "string next = 9;", place: str = "work") -> str:
    """Add a field to a message, commit and push it, and give the commit."""
    file = home / place / "proto/acme" / path
    file.write_text(file.read_text().replace("= 1;", f"= 1;\n  {field}", 1))
    made = commit(home / place, field)
    git(home / place, "push", "--quiet", "origin", "HEAD")
    return made


def clone(home: Path, place: str) -> Path:
    """Clone the origin beside the work tree, as a new agent does."""
    git(home, "clone", "--quiet", "origin", place)
    git(home / place, "remote", "set-url", "origin", "../origin")
    return home / place


@dataclass(frozen=True)
class State:
    """What a release leaves for others."""

    index: dict[str, bytes]
    """Everything in the index, but for what killed writers left: the next writer removes that."""
    pushed: dict[str, str]
    """Tag to commit, at the origin."""
    tags: dict[str, str]
    """Tag to commit, in the work tree."""
    receipts: dict[str, bytes]
    """All papers."""
    dist: dict[str, bytes]


def read_state(home: Path, place: str = "work") -> State:
    """Give what is there now."""
    root = home / place
    index = snapshot(home / "index")
    return State(
        {path: data for path, data in index.items() if not path.rpartition("/")[2].startswith(".")},
        read_tags(home / "origin"),
        read_tags(root),
        snapshot(root / ".protoctl/releases"),
        snapshot(root / "dist"),
    )


def read_tags(repository: Path) -> dict[str, str]:
    """Give tag to commit."""
    words = git(repository, "for-each-ref", "--format=%(refname:short) %(*objectname)%(objectname)", "refs/tags")
    return {name: commit[:40] for name, _, commit in (line.partition(" ") for line in words.splitlines())}


def duplicate(home: Path, target: Path, keep: Callable[[str], bool] = lambda _: True) -> Path:
    """Copy a home, or what of it is wanted."""
    shutil.copytree(home, target, symlinks=True, ignore=lambda _, names: [name for name in names if not keep(name)])
    return target
