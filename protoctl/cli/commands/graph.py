"""`protoctl graph`."""

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


def graph(
    context: typer.Context,
    json: JsonOption = False,
    dot: Annotated[bool, typer.Option("--dot", help="Print a graph for Graphviz.")] = False,
    runner: RunnerOption = "auto",
    frozen: FrozenOption = False,
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the modules in release order with their imports.

    Example: protoctl graph --dot
    """
    from protoctl.cli.texts import show_dot, show_graph, to_json
    from protoctl.flows.graph import graph as flow

    options = make_options(runner=runner, frozen=frozen, offline=offline)
    result = flow(open_workspace(context, workspace), options, emit)
    say(to_json(result) if json else show_dot(result) if dot else show_graph(result))
