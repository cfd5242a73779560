"""`protoctl clean`."""

from __future__ import annotations

from typing import Annotated

import typer

from protoctl.cli.console import say
from protoctl.cli.options import WorkspaceOption, find_root


def clean(
    context: typer.Context,
    dist: Annotated[bool, typer.Option("--dist", help="Also remove dist/.")] = False,
    cache: Annotated[
        bool, typer.Option("--cache", help="Also remove the user's cache: toolchains, results, what verify keeps.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Remove intermediate files; a build makes them again.

    Example: protoctl clean --cache
    """
    from protoctl.cli.texts import show_clean
    from protoctl.flows.clean import clean as flow
    from protoctl.toolchain.install import cache_folder

    say(show_clean(flow(find_root(context, workspace), cache_folder() if cache else None, dist=dist)))
