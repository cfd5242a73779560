"""`protoctl check`."""

from __future__ import annotations

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


def check(
    context: typer.Context,
    json: JsonOption = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0 to standard output.")] = False,
    runner: RunnerOption = "auto",
    frozen: FrozenOption = False,
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Report every problem of the protos in one run.

    All modules are compiled as one schema. Exits with 3 when protos do not compile or are refused, else with 1 when
    there are findings.

    Example: protoctl check --json
    """
    from protoctl.flows.check import check as flow
    from protoctl.reports import load_report

    options = make_options(runner=runner, frozen=frozen, offline=offline)
    result = flow(open_workspace(context, workspace), options, emit)
    report = load_report("json" if json else "sarif" if sarif else "text")
    say(report.render(result.listing))
    raise typer.Exit(result.exit_code)
