"""A team with its indexes: what it publishes, and what is there for whoever looks from outside."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from conftest import copy_sample
from registries import PASSWORD, USER
from repositories import commit, git

from protoctl.publishing.shipment import STAGED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conftest import Protoctl
    from registries import Registry

MODULES = ("billing", "common", "inventory", "secret", "user")


@dataclass(frozen=True)
class Stores:
    """The indexes of a team."""

    tables: str
    """`[indexes.*]` of the configuration."""
    variables: Mapping[str, str]
    """The credentials of who publishes."""
    python: tuple[Registry, ...]
    """Where pip and uv read."""
    node: Registry
    """Where npm reads."""

    def look(self) -> dict[str, str]:
        """Give what every index says of every module, by address."""
        places = [
            *(f"{one.url}team-{module}/" for one in self.python for module in MODULES),
            *(f"{self.node.url}@team%2f{module}" for module in MODULES),
        ]
        return {place: self.read(place).text for place in places}

    def tags(self, module: str) -> dict[str, str]:
        """Give the dist-tags of a module's npm package, but for what uploads pass through."""
        found: dict[str, str] = json.loads(self.read(f"{self.node.url}@team%2f{module}").content)["dist-tags"]
        return {tag: version for tag, version in found.items() if tag != STAGED}

    def read(self, url: str) -> requests.Response:
        """Ask an index as its user."""
        if url.startswith(self.node.url) and self.node.has_locks:
            token = (self.node.folder / ".npmrc").read_text().strip().rpartition("=")[2]
            return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        return requests.get(url, auth=(USER, PASSWORD), timeout=30)


@dataclass(frozen=True)
class Team:
    """A repository with the five modules of the sample, as `team-user` and `@team/user`."""

    root: Path
    program: Protoctl
    stores: Stores

    def publish(self, *arguments: str, code: int = 0) -> dict[str, str]:
        """Give module → version of what a run released."""
        command = ("publish", "--json", "--runner", "local", *arguments)
        done = self.program(*command, cwd=self.root, **self.stores.variables)
        assert done.code == code, done.err
        found: list[dict[str, Any]] = json.loads(done.out)["releases"]
        return {one["module"]: one["version"] for one in found}

    def change(self, path: str, pattern: str, text: str) -> None:
        """Change one place in a file and commit it."""
        file = self.root / path
        changed, count = re.subn(pattern, text, file.read_text(), flags=re.DOTALL)
        assert count == 1, pattern
        file.write_text(changed)
        commit(self.root)

    def switch(self, branch: str, *start: str) -> None:
        """Go to a branch, a new one with a start."""
        git(self.root, "switch", "--quiet", *(["--create"] if start else []), branch, *start)


def found_team(root: Path, program: Protoctl, stores: Stores) -> Team:
    """Make the repository, with everything committed."""
    copy_sample(root)
    file = root / "protoctl.toml"
    file.write_text(file.read_text().replace('name = "acme"', 'name = "team"') + stores.tables)
    (root / ".gitignore").write_text("dist/\n.protoctl/\n")
    commit(root, "five modules")
    return Team(root, program, stores)
