"""What every CI system does: a pull request is checked, compared, planned, built and tried; the branch is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.ci.commands import REPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.ci.commands import Caller
    from protoctl.model.configuration import IndexTable

ARCHIVED = (f"{REPORTS}/**", "dist/manifest.json", ".protoctl/releases/**")
"""What is kept of a run: reports, the manifest, receipts."""


@dataclass(frozen=True)
class Step:
    """Commands under one name."""

    name: str
    """One word."""
    script: tuple[str, ...]
    """Lines for a shell that stops at the first that fails."""
    on_pull_request: bool = True
    """Whether it runs for a pull request."""
    on_branch: bool = True
    """Whether it runs when the branch is pushed."""
    reads_indexes: bool = False
    """Whether it asks indexes, which some let nobody read without credentials."""


@dataclass(frozen=True)
class Credential:
    """What opens an index, as variables of the environment (docs/indexes.md)."""

    index: str
    """The index's name, like `internal-python`."""
    variable: str
    """What the variables begin with, like `PROTOCTL_INDEX_INTERNAL_PYTHON`."""
    has_user: bool
    """Whether it is a user and a password; a token otherwise."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable that may be set; a token stands for user and password where both are possible."""
        ends = ("USERNAME", "PASSWORD", "TOKEN") if self.has_user else ("TOKEN",)
        return tuple(f"{self.variable}_{end}" for end in ends)


@dataclass(frozen=True)
class Pipeline:
    """What a template renders."""

    command: str
    """The command that writes this file."""
    branch: str
    """The branch that is published."""
    steps: tuple[Step, ...]
    """Without publishing, in order."""
    publish: Step | None
    """Publishing; nothing where no index is configured."""
    credentials: tuple[Credential, ...]
    """Of every index that is a server, in the order of the configuration."""
    reports: str = REPORTS
    """The folder of reports."""
    archived: tuple[str, ...] = ARCHIVED
    """Patterns of the files that are kept."""

    @property
    def on_pull_request(self) -> tuple[Step, ...]:
        """The steps for a pull request."""
        return tuple(step for step in self.steps if step.on_pull_request)

    @property
    def on_branch(self) -> tuple[Step, ...]:
        """The steps before publishing."""
        return tuple(step for step in self.steps if step.on_branch)

    @property
    def has_trusted_publishing(self) -> bool:
        """Whether an index may take the pipeline's own identity in place of a credential."""
        return any(one.has_user for one in self.credentials)


def make_pipeline(command: str, branch: str, caller: Caller, indexes: Mapping[str, IndexTable]) -> Pipeline:
    """Give the pipeline of a workspace; without an index, a pull request is compared with the branch."""
    return Pipeline(
        command=command,
        branch=branch,
        steps=tuple(make_steps(branch, caller, has_indexes=bool(indexes))),
        publish=Step("Publish", (caller.call("publish", "--push origin"),), on_pull_request=False) if indexes else None,
        credentials=tuple(
            Credential(name, f"PROTOCTL_INDEX_{name.upper().replace('-', '_')}", table.kind == "pypi")
            for name, table in indexes.items()
            if table.kind != "directory"
        ),
    )


def make_steps(branch: str, caller: Caller, *, has_indexes: bool) -> list[Step]:
    """Give what happens before publishing; a command that finds something says it once more, as text for the log."""
    against = "" if has_indexes else f" --against origin/{branch}"
    checked = f"{caller.call('check', '--sarif')} > {REPORTS}/check.sarif || {caller.call('check')}"
    compared = [
        f"{caller.call('diff', f'--exit-zero --{form}{against}')} > {REPORTS}/diff.{end}"
        for form, end in (("sarif", "sarif"), ("markdown", "md"))
    ]
    planned = f"{caller.call('plan', '--check --markdown')} > {REPORTS}/plan.md || {caller.call('plan', '--check')}"
    return [
        Step("Install", (caller.setup, f"mkdir -p {REPORTS}")),
        Step("Check", (checked,)),
        Step("Compare", tuple(compared), on_branch=False, reads_indexes=has_indexes),
        *([Step("Plan", (planned,), on_branch=False, reads_indexes=True)] if has_indexes else []),
        Step("Build", (caller.call("build", "--frozen"),), on_branch=not has_indexes),
        Step("Verify", (caller.call("verify", f"--junit {REPORTS}/verify.xml"),), on_branch=not has_indexes),
    ]
