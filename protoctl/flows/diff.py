"""Diff: what the protos changed since a baseline, module by module, and whom each difference affects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protoctl.differences import find_differences
from protoctl.errors import SourceError
from protoctl.flows.baseline import FATAL, read_baseline
from protoctl.flows.released import read_released, read_version
from protoctl.flows.schema import compile_workspace, own_imports
from protoctl.flows.session import Session
from protoctl.model.change import Change, Consumer
from protoctl.model.difference import Difference, ModuleDifferences, by_site
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas
from protoctl.versioning.reach import is_within, reached_types

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from protoctl.flows.baseline import Baseline
    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace


@dataclass(frozen=True)
class Result:
    """What a comparison found."""

    modules: tuple[ModuleDifferences, ...]
    """Sorted by name; modules without a difference are among them."""

    @property
    def exit_code(self) -> int:
        """1 when something can stop working for a consumer that counts."""
        return 1 if any(one.change is Change.MAJOR for one in self.modules) else 0


def diff(workspace: Workspace, options: Options, against: str, emit: Emit) -> Result:
    """Compare the protos with what `against` names, or with the last releases on the configured indexes.

    Raises what `read_baseline` and `read_released` raise, and SourceError.
    """
    session = Session(workspace, options, emit)
    foreign = session.foreign_protos()
    current = compile_current(session, foreign)
    baseline = choose_baseline(session, against, foreign)
    counted = tuple(map(Consumer, workspace.configuration.versions.policy))
    return Result(judge_modules(baseline, current, counted))


def choose_baseline(session: Session, against: str, foreign: Mapping[str, bytes]) -> Baseline:
    """Give what is compared with; nothing means the last releases."""
    if not against:
        return read_released(session)
    return read_version(session, against) if "==" in against else read_baseline(session, against, foreign)


def compile_current(session: Session, foreign: Mapping[str, bytes]) -> Schema:
    """Give the workspace's schema; raises SourceError for files that have no descriptor."""
    workspace = session.workspace
    compiled = compile_workspace(session, foreign, own_imports(workspace))
    fatal = [one for one in (*workspace.refused, *compiled.findings) if one.rule in FATAL]
    if fatal:
        root = workspace.configuration.workspace.proto
        raise SourceError([replace(one, file=f"{root}/{one.file}") for one in fatal])
    return compiled.schema


def judge_modules(baseline: Baseline, current: Schema, counted: Collection[Consumer]) -> tuple[ModuleDifferences, ...]:
    """Give what differs in each module, with the largest step among it; a module that was never there is minor."""
    found = compare_modules(baseline, current)
    fresh = {} if baseline.is_whole else dict.fromkeys(set(current.owners.values()) - set(found), Change.MINOR)
    changes = {
        module: max((one.change_for(counted) for one in differences), default=Change.NONE)
        for module, differences in found.items()
    }
    return tuple(
        ModuleDifferences(module, baseline.names.get(module, ""), found.get(module, ()), change)
        for module, change in sorted({**changes, **fresh}.items())
    )


def compare_modules(baseline: Baseline, current: Schema) -> dict[str, tuple[Difference, ...]]:
    """Give the differences of each module that the baseline tells about, with what it inherits, sorted by place."""
    known = {*baseline.names, *(set(current.owners.values()) if baseline.is_whole else ())}
    compared = Schema(current.files, {path: owner for path, owner in current.owners.items() if owner in known})
    by_owner: dict[str, list[Difference]] = defaultdict(list)
    for one in find_differences(compare_schemas(baseline.schema, compared)):
        by_owner[owner_of(one, baseline.schema, compared)].append(one)
    return {
        module: tuple(sorted([*by_owner[module], *inherit(module, by_owner, baseline.schema, compared)], key=by_site))
        for module in sorted(known)
    }


def owner_of(difference: Difference, baseline: Schema, current: Schema) -> str:
    """Give the module whose consumers a difference is about: where the element was, or is when it is new."""
    if difference.before is not None:
        return baseline.owners.get(difference.before.file, "")
    return current.owners.get(difference.now.file, "")


def inherit(
    module: str, by_owner: Mapping[str, list[Difference]], baseline: Schema, current: Schema
) -> list[Difference]:
    """Give what differs in other modules and imports, and is part of this module's data or code.

    A patch there changes nothing here: its package does not hold the comments of what it imports.
    """
    others = [one for owner in by_owner if owner != module for one in by_owner[owner] if one.change > Change.PATCH]
    if not others:
        return []
    reached = reached_types(baseline, module) | reached_types(current, module)
    return [replace(one, origin=origin_of(one, baseline, current)) for one in others if is_within(one.element, reached)]


def origin_of(difference: Difference, baseline: Schema, current: Schema) -> str:
    """Give the module that a difference stands in, else its file."""
    return owner_of(difference, baseline, current) or difference.now.file
