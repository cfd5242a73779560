"""Plan: for each module the last release, what changed since, and the version that comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protoctl.errors import UsageError, WorkspaceError
from protoctl.flows.build import choose
from protoctl.flows.catalogue import read_histories
from protoctl.flows.diff import compile_current
from protoctl.flows.modules import module_order
from protoctl.flows.released import fetch_packages
from protoctl.flows.session import Session
from protoctl.flows.standings import Seen, stand
from protoctl.flows.upkeep import find_causes
from protoctl.model.acceptance import Acceptance
from protoctl.model.change import Consumer
from protoctl.versioning.history import History
from protoctl.versioning.line import parse_line
from protoctl.versioning.numbering import Numbering, scheme_of
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.policy import Policy
from protoctl.versioning.preview import DEVELOPMENT, preview_plan
from protoctl.versioning.release import parse_release
from protoctl.versioning.selection import select_modules
from protoctl.versioning.swaps import find_swaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from protoctl.flows.published import Published
    from protoctl.flows.session import Options
    from protoctl.model.configuration import Configuration
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace
    from protoctl.packaging.embedded import Embedded
    from protoctl.versioning.line import Line
    from protoctl.versioning.release import Release
    from protoctl.versioning.release_plan import ReleasePlan


@dataclass(frozen=True)
class Choice:
    """What is planned."""

    today: date
    """The day of the release, for calendar versions."""
    modules: tuple[str, ...] = ()
    """Names; empty means all."""
    is_initial: bool = False
    """Whether packages that protoctl did not make may be followed."""
    line: str = ""
    """The release line, like `1.x`; empty for the newest."""
    requests: tuple[str, ...] = ()
    """Versions that are asked for, like `user=1.0.0`."""
    branch: str = ""
    """The branch that previews are of; empty for none."""
    phase: str = ""
    """The phase of previews: `dev`, `a`, `b` or `rc`; empty for `dev` of a branch, else for releases."""


@dataclass(frozen=True)
class Survey:
    """A release plan, and what was seen for it."""

    plan: ReleasePlan
    catalogue: Mapping[str, Published]
    """Every module of the workspace to what was released of it."""
    packages: Mapping[str, Embedded]
    """Module to the package that it was compared with."""


def plan(workspace: Workspace, options: Options, choice: Choice, emit: Emit) -> ReleasePlan:
    """Give the release plan of a workspace; nothing is written.

    Raises ConfigurationError without an index, PackageIndexError, ArtifactError, SourceError, UsageError.
    """
    return survey(Session(workspace, options, emit), choice).plan


def survey(session: Session, choice: Choice) -> Survey:
    """Give the release plan of a session's workspace with what it was made from; raises what `plan` raises."""
    workspace, options, emit = session.workspace, session.options, session.emit
    modules = choose(choice.modules, workspace.modules, "module")
    requests = read_requests(choice.requests, modules)
    catalogue = read_histories(workspace, list(workspace.modules), options, emit, is_initial=choice.is_initial)
    current = compile_current(session, session.foreign_protos())
    module_order(current, workspace.configuration.workspace.proto)
    known = {module: History(one.live, one.withdrawn) for module, one in catalogue.items()}
    lines = choose_lines(choice, known)
    last = {module: release for module, one in known.items() if (release := one.last(lines.get(module)))}
    packages, unknown = fetch_packages(session, catalogue, last, is_initial=choice.is_initial)
    seen = Seen(workspace.configuration, current, packages)
    refuse_swaps(seen)
    causes = find_causes(session, catalogue, packages)
    standings = [
        replace(
            stand(module, seen),
            history=known[module],
            causes=causes.get(module, ()),
            line=lines.get(module),
            request=requests.get(module),
            is_unknown=module in unknown,
        )
        for module in lines or known
    ]
    found = plan_releases(standings, numbering_of(workspace.configuration, choice.today))
    if choice.branch or choice.phase:
        found = preview_plan(found, choice.branch, choice.phase or DEVELOPMENT)
    if len(modules) != len(known):
        found = select_modules(found, modules)
    return Survey(found, catalogue, packages)


def choose_lines(choice: Choice, histories: Mapping[str, History]) -> dict[str, Line]:
    """Give module → the line that is asked for: the modules chosen, else those that have releases on it.

    Raises UsageError when none has.
    """
    if not choice.line:
        return {}
    line = parse_line(choice.line)
    on_it = [
        name for name, one in histories.items() if any(release.is_final and line.has(release) for release in one.live)
    ]
    if not on_it:
        raise UsageError(f"no module has a release on the line {line}", hint="leave the line out")
    return dict.fromkeys(choice.modules or on_it, line)


def read_requests(texts: Sequence[str], modules: Sequence[str]) -> dict[str, Release]:
    """Give module → version for texts like `user=1.0.0`; a version alone is asked of every module.

    Raises UsageError for an unknown module or what is no version.
    """
    found: dict[str, Release] = {}
    for text in texts:
        name, mark, version = text.rpartition("=")
        for module in choose([name], modules, "module") if mark else modules:
            found[module] = parse_release(version)
    return found


def refuse_swaps(seen: Seen) -> None:
    """Raise WorkspaceError when modules took each other's names: their consumers would get something else."""
    swaps = find_swaps(seen.baseline.schema, seen.current)
    if swaps:
        listed = ", ".join(f"{one} and {other}" for one, other in swaps)
        raise WorkspaceError(
            f"modules swapped their names since they were released: {listed}",
            hint="give each folder its name back; what is published under a name must go on meaning the same",
        )


def numbering_of(configuration: Configuration, today: date) -> Numbering:
    """Give what the configuration decides about versions."""
    table = configuration.versions
    return Numbering(
        scheme=scheme_of(table.scheme, today),
        policy=Policy(tuple(map(Consumer, table.policy)), table.cap_unstable),
        acceptances=tuple(Acceptance(one.rule, one.element, one.reason, one.until) for one in table.accepted),
    )
