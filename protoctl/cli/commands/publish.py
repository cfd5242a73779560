"""`protoctl publish`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from protoctl.cli.console import emit, say
from protoctl.cli.options import (
    InitialOption,
    JsonOption,
    LineOption,
    ModulesArgument,
    PhaseOption,
    PreviewOption,
    RunnerOption,
    ToOption,
    WorkspaceOption,
    make_options,
    open_workspace,
)


def publish(
    context: typer.Context,
    modules: ModulesArgument = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but write: plan, build and try.")] = False,
    initial: InitialOption = False,
    to: ToOption = None,
    line: LineOption = "",
    preview: PreviewOption = "",
    phase: PhaseOption = "",
    push: Annotated[str, typer.Option("--push", metavar="REMOTE", help="Push the tags of releases to a remote.")] = "",
    tag: Annotated[bool, typer.Option("--tag/--no-tag", help="Tag the commit of each release.")] = True,
    allow_changes: Annotated[bool, typer.Option("--allow-changes", help="Release what is not committed.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", help="For an index to list what it took.", min=0)
    ] = 60,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Instead of dist/.")] = None,
    json: JsonOption = False,
    runner: RunnerOption = "auto",
    workspace: WorkspaceOption = None,
) -> None:
    """Release what changed: plan, build, try, upload, compare, tag; run again, it goes on where it stopped.

    Example: protoctl publish --dry-run
    """
    from protoctl.flows.papers import take_signer
    from protoctl.flows.plan import Choice as PlanChoice
    from protoctl.flows.publish import Choice
    from protoctl.flows.publish import publish as flow
    from protoctl.reports.release import ReleaseListing, load_release_report

    today = datetime.now(UTC).date()
    found = open_workspace(context, workspace)
    plan = PlanChoice(today, tuple(modules or ()), initial, line, tuple(to or ()), preview, phase)
    dist = out.absolute() if out else found.root / "dist"
    signer = take_signer(os.environ)
    choice = Choice(plan, dist, dry_run, allow_changes, tag, push, wait, signer)
    outcome = flow(found, make_options(runner=runner, frozen=True, offline=False), choice, emit)
    report = load_release_report("json" if json else "text")
    listing = ReleaseListing(
        outcome.plan, outcome.shipments, outcome.receipts, dry_run, found.configuration.workspace.proto
    )
    say(report.render(listing))
    raise typer.Exit(1 if outcome.plan.unaccepted else 0)
