"""`protoctl yank`."""

from __future__ import annotations

from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import JsonOption, WorkspaceOption, make_options, open_workspace


def yank(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="NAME==VERSION", help="A module or one of its packages.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What consumers should know.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take an earlier withdrawal back.")] = False,
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Withdraw a version: installers pass over it, whoever pinned it still gets it, and its number stays taken.

    Exits with 5 when an index fails, and with 2 when one has no way to withdraw; the others have done it then.

    Example: protoctl yank acme-user==1.4.0 --reason "loses the time zone of orders, use 1.4.1"
    """
    from protoctl.cli.texts import show_yank, to_json
    from protoctl.flows.yank import Choice
    from protoctl.flows.yank import yank as flow

    options = make_options(runner="auto", frozen=False, offline=False)
    result = flow(open_workspace(context, workspace), options, Choice(version, reason, undo), emit)
    say(to_json(result) if json else show_yank(result))
    raise typer.Exit(result.exit_code)
