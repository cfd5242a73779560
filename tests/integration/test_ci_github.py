"""The workflow of GitHub, judged by its schema and by a linter of security, and run by `act`."""

from __future__ import annotations

import json
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from agents import Agent, Run, refuse_leaks
from conftest import succeed
from forge import TOKEN
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

ACTIONS = {
    "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683": "checkout",
    "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065": "setup-python",
    "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02": "upload-artifact",
}
"""The actions that a workflow may use, and what stands in for them."""
NOT_JUDGED = ("anonymous-definition", "secrets-outside-env")
"""Names that say no more than the job's own, and secrets that can only read: a pull request is in no environment."""
COMPARE, PLAN, PUBLISH = "4", "5", "4"
"""What `GITHUB_ACTION` says in these steps of `act`: the position in their job."""
USER = "x-access-token"
PUSH = {"ref": "refs/heads/main"}
PULL_REQUEST = {"number": 1, "pull_request": {"number": 1, "head": {"ref": "change"}, "base": {"ref": "main"}}}
STAND_INS = {
    "checkout": (
        {"fetch-depth": "1", "persist-credentials": "true"},
        """
        test "${{ inputs.persist-credentials }}" = false
        git init --quiet && git remote add origin "$GITHUB_SERVER_URL/acme/stubs.git"
        if test "${{ inputs.fetch-depth }}" = 0; then
          git fetch --quiet origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*'
        else
          git fetch --quiet --no-tags --depth "${{ inputs.fetch-depth }}" origin "$GITHUB_SHA"
        fi
        git checkout --quiet --detach "$GITHUB_SHA"
        """,
    ),
    "setup-python": ({"python-version": ""}, 'test "${{ inputs.python-version }}"'),
    "upload-artifact": (
        {"name": "", "path": "", "include-hidden-files": "false", "if-no-files-found": "warn"},
        """
        shopt -s globstar nullglob
        if test "${{ inputs.include-hidden-files }}" = true; then shopt -s dotglob; fi
        while read -r pattern; do
          for found in $pattern; do
            if test -f "$found"; then cp --parents "$found" "$KEPT"; fi
          done
        done <<'PATTERNS'
        ${{ inputs.path }}
        PATTERNS
        """,
    ),
}


def test_the_workflow_is_one_and_gives_nobody_more_than_needed(tmp_path: Path) -> None:
    paths = write_variants("github", tmp_path / ".github/workflows")
    succeed(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *paths)
    settings = tmp_path / "zizmor.yml"
    settings.write_text(json.dumps({"rules": {name: {"disable": True} for name in NOT_JUDGED}}))
    strictly = ("--offline", "--quiet", "--strict-collection", "--persona", "auditor", "--config", settings)
    succeed(f"{sys.prefix}/bin/zizmor", *strictly, *paths)


def run_workflow(act: Path, agent: Agent, forge: Forge, event: Mapping[str, object], secrets: Mapping[str, str]) -> Run:
    """Run the workflow for an event at the commit of the clone."""
    actions = agent.folder / "actions"
    for name, (inputs, script) in STAND_INS.items():
        (actions / name).mkdir(parents=True, exist_ok=True)
        given = {one: {"description": one, "default": default} for one, default in inputs.items()}
        step = {"shell": "bash", "run": dedent(script)}
        action = {"name": name, "description": name, "inputs": given, "runs": {"using": "composite", "steps": [step]}}
        (actions / name / "action.yml").write_text(json.dumps(action))
    (agent.folder / "event.json").write_text(json.dumps(event))
    (agent.folder / "secrets").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    kept = agent.folder / "kept"
    argv: list[str | Path] = [
        act, "pull_request" if "pull_request" in event else "push", "--eventpath", agent.folder / "event.json",
        "--secret-file", agent.folder / "secrets", "--insecure-secrets", "--platform", "ubuntu-latest=-self-hosted",
        "--no-skip-checkout", "--action-offline-mode", "--github-instance", forge.host, "--env", f"KEPT={kept}",
    ]  # fmt: skip
    for used, name in ACTIONS.items():
        argv += ["--local-repository", f"{used}={actions / name}"]
    code, log = agent.run(argv, forge.work, agent.variables(forge))
    return Run(code, log, read_tree(kept))


@pytest.mark.slow
@pytest.mark.registries
def test_without_an_index_a_pull_request_is_compared_with_the_branch(
    act: Path, agent: Agent, workspace: Workspace, protoctl: Protoctl, tmp_path: Path
) -> None:
    write_modules(workspace, "hub", {})
    with make_forge(tmp_path, workspace, protoctl, "github", USER) as forge:
        break_common(workspace)
        forge.push("change")
        done = run_workflow(act, agent, forge, PULL_REQUEST, {})
        assert done.code == 0, done.log
        assert not forge.tags
    reports = ("check.sarif", "diff.sarif", "diff.md", "verify.xml")
    assert done.kept.keys() == {"dist/manifest.json", *(f".protoctl/reports/{name}" for name in reports)}
    assert b"common | git origin/main" in done.kept[".protoctl/reports/diff.md"]
    assert "field acme.common.v1.Id.text changes its type" in done.log.partition("Summary - ")[2]


@pytest.fixture
def team(
    workspace: Workspace, protoctl: Protoctl, tmp_path: Path, devpi: Registry, verdaccio: Registry
) -> Iterator[Team]:
    """Give a team whose forge is GitHub."""
    write_modules(workspace, "hub", {"team-python": devpi, "team-node": verdaccio})
    with make_forge(tmp_path, workspace, protoctl, "github", USER) as forge:
        yield Team(forge, log_in(verdaccio), log_in(verdaccio))


@pytest.mark.slow
@pytest.mark.registries
@pytest.mark.xdist_group("indexes")
def test_credentials_reach_the_steps_that_need_them_and_nothing_else(
    team: Team, act: Path, agent: Agent, workspace: Workspace, tmp_path: Path
) -> None:
    secrets = {**team.writing, f"{NODE_VARIABLE}_READ": team.reader, "GITHUB_TOKEN": TOKEN}
    pushed = run_workflow(act, agent, team.forge, PUSH, secrets)
    assert pushed.code == 0, pushed.log
    assert team.forge.tags == RELEASED
    assert {".protoctl/releases/user-0.1.0/receipt.json", "dist/manifest.json"} <= pushed.kept.keys()
    assert "'push'" in agent.started
    refuse_leaks(agent, pushed, team.secrets)
    assert agent.holders("GITHUB_ACTION", team.secrets) == {PUBLISH}
    assert not agent.holders("GITHUB_ACTION", {team.reader})

    break_common(workspace)
    team.forge.push("change")
    other = Agent(tmp_path / "other", agent.cache)
    other.install()
    planned = run_workflow(act, other, team.forge, PULL_REQUEST, secrets)
    assert planned.code != 0
    assert "Failure - Main Plan" in planned.log
    assert {".protoctl/reports/plan.md", ".protoctl/reports/diff.md"} <= planned.kept.keys()
    assert "0.2.0" in planned.kept[".protoctl/reports/plan.md"].decode() in planned.log.partition("Summary - ")[2]
    assert team.forge.tags == RELEASED
    refuse_leaks(other, planned, team.secrets)
    assert other.holders("GITHUB_ACTION", {team.reader}) == {COMPARE, PLAN}
    assert not other.holders("GITHUB_ACTION", team.secrets - {team.reader})
