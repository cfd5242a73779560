"""The commands by name, and the options before the command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from protoctl import __version__
from protoctl.cli.commands import find_commands
from protoctl.cli.console import say


def application() -> typer.Typer:
    """Give the command line."""
    app = typer.Typer(
        help="Turn a folder of .proto files into installable, versioned Python and Node stub packages.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(before)
    for name, command in find_commands().items():
        app.command(name)(command)
    return app


def before(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", metavar="DIR", help="The workspace, for every command.")
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            is_eager=True,
            callback=lambda value: show_version(value=value),
        ),
    ] = False,
) -> None:
    """Keep what stands before the command."""
    del version
    context.obj = workspace


def show_version(*, value: bool) -> None:
    """Print the version and leave."""
    if value:
        say(f"protoctl {__version__}")
        raise typer.Exit
