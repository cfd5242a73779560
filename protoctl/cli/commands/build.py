"""`protoctl build`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import (
    FrozenOption,
    JsonOption,
    OfflineOption,
    RunnerOption,
    WorkspaceOption,
    find_root,
    make_options,
)


def build(
    context: typer.Context,
    modules: Annotated[list[str] | None, typer.Argument(help="Names of modules; all when none is given.")] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="python|node", help="May be repeated.")
    ] = None,
    runner: RunnerOption = "auto",
    version: Annotated[str, typer.Option(help="Version of the packages, like 1.4.0.dev3.")] = "",
    release: Annotated[bool, typer.Option("--release", help="Allow a release version.")] = False,
    frozen: FrozenOption = False,
    offline: OfflineOption = False,
    paranoid: Annotated[
        bool, typer.Option("--paranoid", help="Read every file, whatever its size and time tell; always in CI.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Instead of dist/.")] = None,
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Build packages into dist/.

    Example: protoctl build user --target python
    """
    from protoctl.cli.summary import summarise
    from protoctl.flows.build import Choice
    from protoctl.flows.build import build as flow
    from protoctl.kit.ci import is_ci
    from protoctl.packaging.manifest import encode_manifest

    is_paranoid = paranoid or is_ci(os.environ)
    root = find_root(context, workspace)
    dist = out.absolute() if out else root / "dist"
    choice = Choice(dist, tuple(modules or ()), tuple(target or ()), version, release, is_paranoid)
    manifest = flow(root, make_options(runner=runner, frozen=frozen, offline=offline), choice, emit)
    say(encode_manifest(manifest).decode().rstrip() if json else summarise(manifest, dist))
