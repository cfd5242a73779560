"""`protoctl ci`."""

from __future__ import annotations

from typing import Annotated

import typer

from protoctl.cli.console import complain, say
from protoctl.cli.options import WorkspaceOption, open_workspace


def ci(
    context: typer.Context,
    system: Annotated[str, typer.Argument(metavar="jenkins|github|gitlab", help="The CI system.")],
    branch: Annotated[str, typer.Option("--branch", metavar="NAME", help="The branch that is published.")] = "main",
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1, and the difference, when the file is not current.")
    ] = False,
    print_only: Annotated[bool, typer.Option("--print", help="Print it instead of writing it.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the pipeline of a CI system: pull requests are checked and planned, the branch is published.

    Example: protoctl ci jenkins
    """
    from protoctl.ci import system_names
    from protoctl.flows.build import choose
    from protoctl.flows.ci import render_pipeline, write_pipeline

    name = choose([system], system_names(), "CI system")[0]
    rendered = render_pipeline(open_workspace(context, workspace), name, branch)
    if print_only:
        say(rendered.text.rstrip("\n"))
    elif check:
        say("\n".join(rendered.drift) if rendered.drift else f"{rendered.path.name} is current")
    else:
        write_pipeline(rendered)
        complain(f"wrote {rendered.path}")
    raise typer.Exit(1 if check and rendered.drift else 0)
