"""`protoctl diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import (
    FrozenOption,
    JsonOption,
    MarkdownOption,
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
    json: JsonOption = False,
    markdown: MarkdownOption = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print breaks as SARIF 2.1.0 to standard output.")] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 also when something can stop working.")
    ] = False,
    runner: RunnerOption = "auto",
    frozen: FrozenOption = False,
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Tell what changed since a baseline, and whom it affects.

    Exits with 1 when something can stop working for a consumer that counts.

    Example: protoctl diff --against main
    """
    from protoctl.flows.diff import diff as flow
    from protoctl.reports.diff import load_diff_report

    options = make_options(runner=runner, frozen=frozen, offline=offline)
    listing = flow(open_workspace(context, workspace), options, against, emit)
    name = "json" if json else "markdown" if markdown else "sarif" if sarif else "text"
    say(load_diff_report(name).render(listing))
    raise typer.Exit(1 if listing.is_breaking and not exit_zero else 0)
