"""`protoctl plan`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import (
    FrozenOption,
    JsonOption,
    OfflineOption,
    RunnerOption,
    WorkspaceOption,
    make_options,
    open_workspace,
)


def plan(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when a break is not accepted in the configuration.")
    ] = False,
    json: JsonOption = False,
    initial: Annotated[
        bool, typer.Option("--initial", help="Begin where the last packages were not made by protoctl.")
    ] = False,
    line: Annotated[str, typer.Option("--line", metavar="1.x", help="Plan for an old release line.")] = "",
    runner: RunnerOption = "auto",
    frozen: FrozenOption = False,
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Tell which modules are released next, as which version, and why.

    Example: protoctl plan --check
    """
    from protoctl.flows.plan import Choice
    from protoctl.flows.plan import plan as flow
    from protoctl.reports.plan import PlanListing, load_plan_report

    options = make_options(runner=runner, frozen=frozen, offline=offline)
    found = open_workspace(context, workspace)
    result = flow(found, options, Choice(datetime.now(UTC).date(), initial, line), emit)
    report = load_plan_report("json" if json else "text")
    say(report.render(PlanListing(result, found.configuration.workspace.proto)))
    raise typer.Exit(1 if check and result.unaccepted else 0)
