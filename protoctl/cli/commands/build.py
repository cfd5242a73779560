"""`protoctl build`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from protoctl.cli.console import emit, report, say
from protoctl.cli.options import (
    FrozenOption,
    JsonOption,
    OfflineOption,
    RunnerOption,
    WorkspaceOption,
    find_root,
    make_options,
    open_workspace,
)
from protoctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from protoctl.flows.build import Choice
    from protoctl.flows.link import Links
    from protoctl.flows.session import Options
    from protoctl.model.artifact import Manifest
    from protoctl.model.workspace import Workspace


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
    watch: Annotated[bool, typer.Option("--watch", help="Build again whenever something changes.")] = False,
    link: Annotated[
        list[Path] | None,
        typer.Option(
            "--link",
            metavar="DIR",
            help="Keep packages in a virtual environment or a project of Node; may be repeated.",
        ),
    ] = None,
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

    root = find_root(context, workspace)
    dist = out.absolute() if out else root / "dist"
    is_paranoid = paranoid or is_ci(os.environ)
    choice = Choice(dist, tuple(modules or ()), tuple(target or ()), version, release, is_paranoid)
    options = make_options(runner=runner, frozen=frozen, offline=offline)
    links = open_links(root, choice, link or [])
    if watch:
        follow(root, options, choice, links, json=json)
    manifest = flow(root, options, choice, emit)
    if links:
        links.update(open_workspace(context, workspace), manifest)
        links.tell(manifest)
    say(encode_manifest(manifest).decode().rstrip() if json else summarise(manifest, dist))


def open_links(root: Path, choice: Choice, folders: Sequence[Path]) -> Links | None:
    """Give the environments that are to have what is built; None where there is none."""
    if not folders:
        return None
    from protoctl.flows.link import Links

    return Links(root, choice, dict.fromkeys(folder.absolute() for folder in folders), emit)


def follow(root: Path, options: Options, choice: Choice, links: Links | None, *, json: bool) -> NoReturn:
    """Build again and again, with one line for each time."""
    from protoctl.cli.summary import show_round
    from protoctl.flows.watch import Audience, Watch

    if json:
        raise UsageError("--json tells of one build", hint="leave out --json or --watch")

    def use(workspace: Workspace, manifest: Manifest) -> None:
        if links:
            links.update(workspace, manifest)

    Watch(root, options, choice, Audience(emit, lambda done: say(show_round(done)), report, use)).run()
