"""Options that several commands share, and what is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from protoctl.flows.session import Options
    from protoctl.model.workspace import Workspace

WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", metavar="DIR", help="The workspace; else the current folder or one above.")
]
RunnerOption = Annotated[
    str, typer.Option("--runner", metavar="auto|docker|local|remote", help="Where the compiler runs.")
]
FrozenOption = Annotated[bool, typer.Option("--frozen", help="Refuse a lock that is not current.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Use what is in the cache; never the network.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON to standard output.")]
MarkdownOption = Annotated[bool, typer.Option("--markdown", help="Print Markdown for a pull request.")]

ModulesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[MODULE]...", help="Modules; all when none is named.")
]
InitialOption = Annotated[
    bool, typer.Option("--initial", help="Begin where no index is yet, or no package of protoctl's.")
]
ToOption = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="[MODULE=]VERSION", help="Ask for a version, like 1.0.0; never a lower one."),
]
LineOption = Annotated[str, typer.Option("--line", metavar="1.x", help="Plan on an old release line.")]
PreviewOption = Annotated[str, typer.Option("--preview", metavar="BRANCH", help="Plan previews of a branch.")]
PhaseOption = Annotated[str, typer.Option("--phase", metavar="dev|a|b|rc", help="Plan pre-releases of a phase.")]


def find_root(context: typer.Context, workspace: Path | None) -> Path:
    """Give the workspace folder: as told, else the nearest folder upwards that has a configuration."""
    from protoctl.workspace.configuration_file import FILE_NAME

    told = workspace or context.obj
    if told:
        return Path(told).absolute()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / FILE_NAME).is_file()), here)


def open_workspace(context: typer.Context, workspace: Path | None) -> Workspace:
    """Read the workspace that a command is about."""
    from protoctl.workspace.discover import discover

    return discover(find_root(context, workspace))


def make_options(*, runner: str, frozen: bool, offline: bool) -> Options:
    """Give the options of a flow; raises UsageError where a limit in the environment is no size."""
    from protoctl.cache.limit import cache_limit
    from protoctl.codegen.memory import memory_limit
    from protoctl.flows.session import Options
    from protoctl.toolchain.install import cache_folder

    cache_limit()
    memory_limit()
    return Options(cache=cache_folder(), runner=runner, frozen=frozen, offline=offline)
