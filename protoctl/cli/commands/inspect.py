"""`protoctl inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from protoctl.cli.console import say
from protoctl.cli.options import JsonOption


def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A wheel, an sdist or an npm tarball.")],
    json: JsonOption = False,
) -> None:
    """Show what is inside a package.

    Module, version, schema, toolchain, services and messages, dependencies.

    Example: protoctl inspect dist/python/acme_user-0.1.0.dev0-py3-none-any.whl
    """
    from protoctl.cli.texts import show_inspect, to_json
    from protoctl.flows.inspect import inspect as flow

    result = flow(file)
    say(to_json(result) if json else show_inspect(result))
