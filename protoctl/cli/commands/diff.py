"""`protoctl diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import (
    FrozenOption,
    OfflineOption,
    RunnerOption,
    WorkspaceOption,
    make_options,
    open_workspace,
)


def diff(
    context: typer.Context,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="BASELINE",
            help="A git revision, folder, descriptor set, package or NAME==VERSION; else the last releases.",
        ),
    ] = "",
    runner: RunnerOption = "auto",
    frozen: FrozenOption = False,
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Tell what changed since a baseline, and whom it affects.

    Example: protoctl diff --against main
    """
    from protoctl.flows.diff import diff as flow

    options = make_options(runner=runner, frozen=frozen, offline=offline)
    result = flow(open_workspace(context, workspace), options, against, emit)
    lines = [f"{one.now}: {one.message} ({one.rule})" for module in result.modules for one in module.differences]
    say("\n".join(lines) or "no differences")
    raise typer.Exit(result.exit_code)
