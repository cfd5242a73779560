"""The pipeline of GitLab, judged by its schema and run by `gitlab-ci-local`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from agents import Agent, Run, refuse_leaks
from conftest import succeed
from forge import TOKEN
from node_programs import pinned_node
from repositories import git
from workflows import (
    NODE_VARIABLE,
    RELEASED,
    Team,
    break_common,
    log_in,
    make_forge,
    write_modules,
    write_variants,
)

from protoctl.kit.files import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conftest import Protoctl, Workspace
    from forge import Forge
    from registries import Registry

USER = "gitlab-ci-token"
STATE = ".gitlab-ci-local"
PUSH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}
MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event"}


def test_the_pipeline_is_one(tmp_path: Path) -> None:
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    succeed(sys.executable, "-m", "check_jsonschema", *schema, *write_variants("gitlab", tmp_path / "written"))


def clone(agent: Agent, forge: Forge) -> Path:
    """Clone what was pushed last as GitLab's runner does without a limit of depth: every branch and tag, no branch."""
    folder = agent.folder / "clone"
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", forge.url.replace("//", f"//{USER}:{TOKEN}@"))
    everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    git(folder, "fetch", "--quiet", str(forge.bare), *everything)
    git(folder, "checkout", "--quiet", "--detach", git(forge.work, "rev-parse", "HEAD"))
    return folder


def run_pipeline(
    runner: Path, agent: Agent, forge: Forge, event: Mapping[str, str], secrets: Mapping[str, Mapping[str, str]]
) -> Run:
    """Run the pipeline for an event; secrets are by variable and by the environment that they are for."""
    folder = clone(agent, forge)
    home = agent.folder / "home"
    (home / STATE).mkdir()
    values = {name: {"values": scopes} for name, scopes in secrets.items()}
    (home / STATE / "variables.yml").write_text(json.dumps({"global": values}))
    given = {**event, "CI_PROJECT_DIR": str(folder)}
    argv: list[str | Path] = [pinned_node(), runner, "--force-shell-executor", "--home", home]
    for name, value in given.items():
        argv += ["--variable", f"{name}={value}"]
    argv += ["--ignore-predefined-vars", ",".join(given)]
    if "CI_COMMIT_BRANCH" not in event:
        argv += ["--unset-variable", "CI_COMMIT_BRANCH"]
    code, log = agent.run(argv, folder, agent.variables(forge))
    kept = folder / STATE / "artifacts"
    return Run(code, log, read_tree(kept))


@pytest.mark.slow
@pytest.mark.registries
def test_without_an_index_a_merge_request_is_compared_with_the_branch(
    gitlab_runner: Path, agent: Agent, workspace: Workspace, protoctl: Protoctl, tmp_path: Path
) -> None:
    write_modules(workspace, "lab", {})
    with make_forge(tmp_path, workspace, protoctl, "gitlab", USER) as forge:
        break_common(workspace)
        forge.push("change")
        done = run_pipeline(gitlab_runner, agent, forge, MERGE_REQUEST, {})
        assert done.code == 0, done.log
        assert not forge.tags
    reports = ("check.sarif", "diff.sarif", "diff.md", "verify.xml")
    assert done.kept.keys() == {"check/dist/manifest.json", *(f"check/.protoctl/reports/{name}" for name in reports)}
    assert b"common | git origin/main" in done.kept["check/.protoctl/reports/diff.md"]


@pytest.fixture
def team(
    workspace: Workspace, protoctl: Protoctl, tmp_path: Path, devpi: Registry, verdaccio: Registry
) -> Iterator[Team]:
    """Give a team whose forge is GitLab."""
    write_modules(workspace, "lab", {"team-python": devpi, "team-node": verdaccio})
    with make_forge(tmp_path, workspace, protoctl, "gitlab", USER) as forge:
        yield Team(forge, log_in(verdaccio), log_in(verdaccio))


@pytest.mark.slow
@pytest.mark.registries
@pytest.mark.xdist_group("indexes")
def test_credentials_reach_the_jobs_that_need_them_and_nothing_else(
    team: Team, gitlab_runner: Path, agent: Agent, workspace: Workspace, tmp_path: Path
) -> None:
    secrets = {name: {"packages": value} for name, value in team.writing.items()}
    secrets[NODE_VARIABLE]["*"] = team.reader
    pushed = run_pipeline(gitlab_runner, agent, team.forge, PUSH, secrets)
    assert pushed.code == 0, pushed.log
    assert team.forge.tags == RELEASED
    assert {"publish/.protoctl/releases/user-0.1.0/receipt.json", "publish/dist/manifest.json"} <= pushed.kept.keys()
    assert "'push'" in agent.started
    refuse_leaks(agent, pushed, team.secrets)
    assert agent.holders("CI_JOB_NAME", team.secrets) == {"publish"}
    assert not agent.holders("CI_JOB_NAME", {team.reader})

    break_common(workspace)
    team.forge.push("change")
    other = Agent(tmp_path / "other", agent.cache)
    other.install()
    planned = run_pipeline(gitlab_runner, other, team.forge, MERGE_REQUEST, secrets)
    assert planned.code != 0
    assert b"0.2.0" in planned.kept["check/.protoctl/reports/plan.md"]
    assert team.forge.tags == RELEASED
    refuse_leaks(other, planned, team.secrets)
    assert other.holders("CI_JOB_NAME", {team.reader}) == {"check"}
    assert not other.holders("CI_JOB_NAME", team.secrets - {team.reader})
