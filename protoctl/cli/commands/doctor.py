"""`protoctl doctor`."""

from __future__ import annotations

import typer

from protoctl.cli.console import say
from protoctl.cli.options import JsonOption, WorkspaceOption, find_root


def doctor(context: typer.Context, json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Show whether this machine and workspace are ready.

    Exits with 2 when configuration or lock are at fault, else with 4 when the machine or an index is.

    Example: protoctl doctor --json
    """
    from protoctl.cli.texts import show_doctor, to_json
    from protoctl.flows.doctor import doctor as flow
    from protoctl.toolchain.install import cache_folder

    result = flow(find_root(context, workspace), cache_folder())
    say(to_json(result) if json else show_doctor(result))
    raise typer.Exit(result.exit_code)
