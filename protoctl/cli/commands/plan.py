"""`protoctl plan`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from protoctl.cli.console import complain, emit, say
from protoctl.cli.options import (
    FrozenOption,
    InitialOption,
    JsonOption,
    LineOption,
    MarkdownOption,
    ModulesArgument,
    OfflineOption,
    PhaseOption,
    PreviewOption,
    RunnerOption,
    ToOption,
    WorkspaceOption,
    make_options,
    open_workspace,
)


def plan(
    context: typer.Context,
    modules: ModulesArgument = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when a break is not accepted in the configuration.")
    ] = False,
    json: JsonOption = False,
    markdown: MarkdownOption = False,
    changelog: Annotated[
        Path | None, typer.Option("--changelog", metavar="DIR", help="Add a section to MODULE.md in a folder.")
    ] = None,
    initial: InitialOption = False,
    to: ToOption = None,
    line: LineOption = "",
    preview: PreviewOption = "",
    phase: PhaseOption = "",
    runner: RunnerOption = "auto",
    frozen: FrozenOption = False,
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Tell which modules are released next, as which version, and why.

    The protos are compared with those inside the last packages on the configured indexes.

    Example: protoctl plan --check
    """
    from protoctl.flows.changelogs import write_changelogs
    from protoctl.flows.plan import Choice
    from protoctl.flows.plan import plan as flow
    from protoctl.reports.plan import PlanListing, load_plan_report

    today = datetime.now(UTC).date()
    choice = Choice(today, tuple(modules or ()), initial, line, tuple(to or ()), preview, phase)
    found = open_workspace(context, workspace)
    result = flow(found, make_options(runner=runner, frozen=frozen, offline=offline), choice, emit)
    if changelog is not None:
        for path in write_changelogs(result, changelog, today):
            complain(f"wrote {path}")
    report = load_plan_report("json" if json else "markdown" if markdown else "text")
    say(report.render(PlanListing(result, found.configuration.workspace.proto)))
    raise typer.Exit(1 if check and result.unaccepted else 0)
