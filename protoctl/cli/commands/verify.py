"""`protoctl verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import (
    JsonOption,
    OfflineOption,
    RunnerOption,
    WorkspaceOption,
    find_root,
    make_options,
    open_workspace,
)


def verify(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Packages or folders, else dist/; or one NAME==VERSION."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The public key of the papers of NAME==VERSION.")
    ] = None,
    json: JsonOption = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a JUnit report.")] = None,
    runner: RunnerOption = "auto",
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Try finished packages as strangers do.

    Each is opened, installed at the oldest and the newest versions that its bounds allow, imported, type-checked and
    called. NAME==VERSION is what indexes have of a release: it is rebuilt from the sources that it was made from and
    compared byte for byte. Exits with 6 when a package cannot be used, or is another one.

    Example: protoctl verify dist/python/acme_user-0.1.0.dev0-py3-none-any.whl
    """
    from protoctl.cli.texts import to_json
    from protoctl.errors import ArtifactError
    from protoctl.flows.reproduce import is_version, reproduce
    from protoctl.flows.verify import Order
    from protoctl.flows.verify import verify as flow
    from protoctl.reports import junit as junit_report
    from protoctl.reports import trials as text_report
    from protoctl.toolchain.install import cache_folder

    if is_version(paths or [], key) and paths:
        options = make_options(runner=runner, frozen=True, offline=offline)
        verdict = reproduce(open_workspace(context, workspace), options, str(paths[0]), key, emit)
    else:
        chosen = tuple(paths or [find_root(context, workspace) / "dist"])
        verdict = flow(Order(chosen, cache_folder(), offline=offline), emit)
    if junit:
        junit.write_text(junit_report.render_trials(verdict), "utf-8")
    say(to_json(verdict) if json else text_report.render_trials(verdict))
    raise typer.Exit(ArtifactError.exit_code if verdict.failed else 0)
