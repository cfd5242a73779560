"""The Jenkinsfile is executed: change requests are judged, the branch goes to a real Python index and npm registry."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Workspace
from jenkins import Agent, require_groovy
from registries import PASSWORD, USER, registry_tests
from repositories import commit, git

from protoctl.ci import load_system
from protoctl.flows.catalogue import read_histories
from protoctl.flows.ci import render_pipeline
from protoctl.flows.session import Options
from protoctl.model.event import silent
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from registries import Registry

pytestmark = [*registry_tests, pytest.mark.slow]
CONFIGURATION = """
[workspace]
name = "{name}"
modules = ["{name}/*"]

[indexes.internal-python]
kind = "pypi"
url = "{python}"
upload-url = "{uploads}"

[indexes.internal-node]
kind = "npm"
url = "{node}"
"""
REPORTS = {".protoctl/reports/check.sarif", ".protoctl/reports/diff.sarif", ".protoctl/reports/diff.md"}


class Team:
    """A repository with two modules, its origin, and an agent that builds it."""

    def __init__(self, name: str, folder: Path, cache: Path, devpi: Registry, verdaccio: Registry) -> None:
        """Write the first commit."""
        self.name = name
        self.workspace = Workspace(folder / "workspace")
        self.root = self.workspace.root
        urls = {"python": devpi.url, "uploads": devpi.uploads, "node": verdaccio.url}
        self.workspace.configure(CONFIGURATION.format(name=name, **urls))
        self.workspace.proto(f"{name}/base/v1/base.proto", "message Money { int64 units = 1; }")
        uses = f"message Order {{ {name}.base.v1.Money price = 1; string note = 2; }}"
        self.workspace.proto(f"{name}/shop/v1/shop.proto", uses, imports=(f"{name}/base/v1/base.proto",))
        (self.root / ".gitignore").write_text("dist/\n.protoctl/\n.venv/\n")
        self.render()
        self.origin = folder / "origin.git"
        git(folder, "init", "--quiet", "--bare", "--initial-branch", "main", str(self.origin))
        commit(self.root, "the first protos")
        git(self.root, "remote", "add", "origin", str(self.origin))
        git(self.root, "push", "--quiet", "origin", "main")
        self.token = re.findall(r"_authToken=(.+)", (verdaccio.folder / ".npmrc").read_text())[0]
        self.agent = Agent(
            self.origin,
            folder,
            {
                **os.environ,
                "NO_COLOR": "1",
                "PYTHONPATH": str(REPOSITORY),
                "PROTOCTL_CACHE_DIR": str(cache),
                "PROTOCTL_INDEX_INTERNAL_NODE_TOKEN": "",
            },
            {
                "protoctl-internal-python": {"kind": "usernamePassword", "username": USER, "password": PASSWORD},
                "protoctl-internal-node": {"kind": "string", "secret": self.token},
                "protoctl-git": {"kind": "usernamePassword", "username": "git", "password": "canary-git"},
            },
        )

    def render(self) -> None:
        """Write the Jenkinsfile."""
        rendered = render_pipeline(discover(self.root), "jenkins", "main")
        (self.root / load_system("jenkins").PATH).write_text(rendered.text)

    def tags(self) -> set[str]:
        """Give the tags of the origin."""
        return set(git(self.origin, "tag", "--list").split())

    def published(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
        """Give module → versions with what kinds of files there are, as the indexes list them."""
        monkeypatch.setenv("PROTOCTL_INDEX_INTERNAL_NODE_TOKEN", self.token)
        workspace = discover(self.root)
        histories = read_histories(workspace, list(workspace.modules), Options(cache), silent)
        return {
            module: [
                f"{one.release.python} {sorted(offer.listed.file.rpartition('.')[2] for offer in one.offers)}"
                for one in history.publications
            ]
            for module, history in histories.items()
        }


ALL = "['gz', 'tgz', 'whl']"


@pytest.fixture
def team(request: pytest.FixtureRequest, tmp_path: Path, cache: Path, devpi: Registry, verdaccio: Registry) -> Team:
    """Give a team with a name of its own, so that the servers know none of its packages."""
    require_groovy()
    name = "".join(letter for letter in request.node.name.lower() if letter.isalpha())[-24:]
    return Team(f"t{name}", tmp_path, cache, devpi, verdaccio)


def test_the_branch_is_published_once(team: Team, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = team.agent.build("first")
    assert first.code == 0, first.log
    assert team.published(cache, monkeypatch) == {"base": [f"0.1.0 {ALL}"], "shop": [f"0.1.0 {ALL}"]}
    assert team.tags() == {"base/v0.1.0", "shop/v0.1.0"}
    assert {"dist/manifest.json", ".protoctl/releases/base-0.1.0/receipt.json"} <= first.archived()
    again = team.agent.build("again")
    assert again.code == 0, again.log
    assert "nothing to release" in again.log
    secrets = {PASSWORD, team.token, "canary-git"}
    kept = [path.read_bytes() for path in first.archive.rglob("*") if path.is_file()]
    assert not [one for one in secrets if one in first.log + again.log or any(one.encode() in data for data in kept)]


def test_a_change_request_that_breaks_is_refused(team: Team, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert team.agent.build("first").code == 0
    before = team.published(cache, monkeypatch)
    git(team.root, "checkout", "--quiet", "-b", "change")
    team.workspace.proto(f"{team.name}/base/v1/base.proto", "message Money { string units = 1; }")
    commit(team.root, "another type")
    git(team.root, "push", "--quiet", "origin", "change")
    (team.agent.folder / "home/.npmrc").write_text(npmrc(team))
    refused = team.agent.build("change", branch="change", target="main")
    assert refused.code == 1, refused.log
    assert "stage Verify skipped due to earlier failure(s)" in refused.log
    assert "field-type" in refused.log
    assert {*REPORTS, ".protoctl/reports/plan.md"} == refused.archived()
    assert "Money.units" in (refused.archive / ".protoctl/reports/plan.md").read_text()
    assert team.published(cache, monkeypatch) == before


def npmrc(team: Team) -> str:
    """Give what lets an agent read the registry."""
    url = discover(team.root).configuration.indexes["internal-node"].url
    return f"{url.removeprefix('http:')}:_authToken={team.token}\n"


def test_what_an_agent_that_died_left_is_finished_by_the_next(
    team: Team, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = team.agent.build("killed", kill_at=f"uploading {team.name}-base-0.1.0.tgz")
    assert killed.code < 0
    assert team.tags() == set()
    finished = team.agent.build("next")
    assert finished.code == 0, finished.log
    assert team.published(cache, monkeypatch) == {"base": [f"0.1.0 {ALL}"], "shop": [f"0.1.0 {ALL}"]}
    assert team.tags() == {"base/v0.1.0", "shop/v0.1.0"}


def test_a_credential_that_jenkins_does_not_have_fails_the_build(team: Team) -> None:
    poor = Agent(team.origin, team.agent.folder, team.agent.environment, {})
    failed = poor.build("poor")
    assert failed.code == 1
    assert "Could not find credentials entry with ID 'protoctl-internal-python'" in failed.log


def test_what_no_jenkins_knows_fails_the_harness(team: Team) -> None:
    path = team.root / "Jenkinsfile"
    path.write_text(path.read_text().replace("agent any", "agent any\n  retryEverything()"))
    commit(team.root, "a mistake")
    git(team.root, "push", "--quiet", "origin", "main")
    failed = team.agent.build("mistake")
    assert failed.code == 2
    assert "retryEverything" in failed.log
