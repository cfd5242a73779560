"""`protoctl doctor`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from protoctl.cli.console import say
from protoctl.cli.options import JsonOption, WorkspaceOption, find_root
from protoctl.errors import UsageError


def doctor(
    context: typer.Context,
    python: Annotated[str, typer.Argument(help="With --consumer: another than the active Python.")] = "",
    consumer: Annotated[bool, typer.Option("--consumer", help="Look at a Python that uses packages.")] = False,
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show whether this machine and workspace are ready, or whether packages work where they are installed.

    Exits with 2 when configuration or lock are at fault, else with 4 when the machine or an index is. With --consumer,
    exits with 1 when a package does not work with the protobuf or grpcio beside it, and says what would help.

    Example: protoctl doctor --consumer .venv/bin/python
    """
    from protoctl.cli.texts import show_doctor, to_json
    from protoctl.flows.consumer import look_at_consumer
    from protoctl.flows.doctor import doctor as flow
    from protoctl.toolchain.install import cache_folder

    if python and not consumer:
        raise UsageError(f"there is nothing to do with {python}", hint="add --consumer")
    found = look_at_consumer(python, os.environ) if consumer else None
    result = found or flow(find_root(context, workspace), cache_folder())
    say(to_json(result) if json else show_doctor(result))
    raise typer.Exit(result.exit_code)
