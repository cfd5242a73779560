"""Plan: for each module the last release, what changed since, and the version that comes next."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from protoctl.errors import WorkspaceError
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
from protoctl.versioning.release import parse_release
from protoctl.versioning.swaps import find_swaps

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from protoctl.flows.session import Options
    from protoctl.model.configuration import Configuration
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace
    from protoctl.versioning.release_plan import ReleasePlan

NPM_FLOOR = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
"""The lowest version in the ranges that we write."""


@dataclass(frozen=True)
class Choice:
    """What is planned."""

    today: date
    """The day of the release, for calendar versions."""
    is_initial: bool = False
    """Whether packages that protoctl did not make may be followed."""
    line: str = ""
    """The release line, like `1.x`; empty for the newest."""
    requests: Mapping[str, str] = field(default_factory=dict)
    """Module to the version that is asked for."""


def plan(workspace: Workspace, options: Options, choice: Choice, emit: Emit) -> ReleasePlan:
    """Give the release plan of a workspace; nothing is written.

    Raises ConfigurationError without an index, PackageIndexError, ArtifactError, SourceError, UsageError.
    """
    session = Session(workspace, options, emit)
    line = parse_line(choice.line) if choice.line else None
    catalogue = read_histories(workspace, list(workspace.modules), options, emit)
    current = compile_current(session, session.foreign_protos())
    module_order(current, workspace.configuration.workspace.proto)
    known = {module: History(one.live, one.withdrawn) for module, one in catalogue.items()}
    last = {module: release for module, one in known.items() if (release := one.last(line))}
    packages, unknown = fetch_packages(session, catalogue, last, is_initial=choice.is_initial)
    seen = Seen(workspace.configuration, current, packages)
    refuse_swaps(seen)
    causes = find_causes(session, catalogue, packages)
    standings = [
        replace(
            stand(module, seen),
            history=history,
            causes=causes.get(module, ()),
            line=line,
            request=parse_release(choice.requests[module]) if module in choice.requests else None,
            is_unknown=module in unknown,
        )
        for module, history in known.items()
    ]
    return plan_releases(standings, numbering_of(workspace.configuration, choice.today))


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
