"""`protoctl init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from protoctl.cli.console import emit, say


def init(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Else the current folder.")] = None,
) -> None:
    """Make a folder a workspace.

    protoctl.toml is written for the protos that the folder has; an empty folder gets a first service that builds.

    Example: protoctl init services/idl
    """
    from protoctl.cli.texts import show_init
    from protoctl.flows.init import init as flow

    root = Path(folder or context.obj or ".").absolute()
    say(show_init(flow(root, emit)))
