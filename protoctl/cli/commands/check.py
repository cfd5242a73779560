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
    json: JsonOption = False,  # noqa: FBT002
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0 to standard output.")] = False,  # noqa: FBT002
    runner: RunnerOption = "auto",
    frozen: FrozenOption = False,  # noqa: FBT002
    offline: OfflineOption = False,  # noqa: FBT002
    workspace: WorkspaceOption = None,
) -> None:
    """Compile everything as one schema and report every problem with its place.

    Example: protoctl check --json
    """
    from protoctl.flows.check import check as flow  # noqa: PLC0415  --help needs none of it
    from protoctl.reports import load_report  # noqa: PLC0415

    options = make_options(runner=runner, frozen=frozen, offline=offline)
    result = flow(open_workspace(context, workspace), options, emit)
    report = load_report("json" if json else "sarif" if sarif else "text")
    say(report.render(result.findings, result.proto_root))
    raise typer.Exit(result.exit_code)
