"""`protoctl lock`."""

from __future__ import annotations

from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import JsonOption, WorkspaceOption, find_root, make_options, open_workspace


def lock(
    context: typer.Context,
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Move every pin to the newest that fits.")] = False,
    image: Annotated[bool, typer.Option("--image", help="Also build the image, push it and lock its digest.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail unless the lock is current.")] = False,
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Pin the toolchain, and say what moved.

    Writes protoctl.lock and build/, which are committed.

    Example: protoctl lock --upgrade
    """
    from protoctl.cli.texts import show_lock, to_json
    from protoctl.errors import UsageError
    from protoctl.flows.lock import check_lock, with_image
    from protoctl.flows.lock import lock as flow

    if check and (upgrade or image):
        raise UsageError("--check writes nothing, so it takes neither --upgrade nor --image")
    root = find_root(context, workspace)
    result = check_lock(root) if check else flow(root, emit, upgrade=upgrade)
    if image:
        options = make_options(runner="docker", frozen=True, offline=False)
        result = with_image(result, open_workspace(context, workspace), options, emit)
    say(to_json(result) if json else show_lock(result))
