"""Diff: what the protos changed since a baseline, module by module, and whom each difference affects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protoctl.differences import find_differences
from protoctl.errors import SourceError
from protoctl.flows.baseline import FATAL, read_baseline
from protoctl.flows.schema import compile_workspace, own_imports
from protoctl.flows.session import Session
from protoctl.model.change import Change, Consumer
from protoctl.model.difference import Difference, ModuleDifferences, by_site
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas
from protoctl.versioning.reach import is_within, reached_types

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

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
    """Compare the protos with a baseline; raises what `read_baseline` raises, and SourceError."""
    session = Session(workspace, options, emit)
    foreign = session.foreign_protos()
    current = compile_current(session, foreign)
    baseline = read_baseline(session, against, foreign)
    return Result(compare(baseline, current, tuple(Consumer)))


def compile_current(session: Session, foreign: Mapping[str, bytes]) -> Schema:
    """Give the workspace's schema; raises SourceError for files that have no descriptor."""
    workspace = session.workspace
    compiled = compile_workspace(session, foreign, own_imports(workspace))
    fatal = [one for one in (*workspace.refused, *compiled.findings) if one.rule in FATAL]
    if fatal:
        root = workspace.configuration.workspace.proto
        raise SourceError([replace(one, file=f"{root}/{one.file}") for one in fatal])
    return compiled.schema


def compare(baseline: Baseline, current: Schema, counted: Collection[Consumer]) -> tuple[ModuleDifferences, ...]:
    """Give what differs in each module that the baseline tells about."""
    known = {*baseline.names, *(set(current.owners.values()) if baseline.is_whole else ())}
    compared = Schema(current.files, {path: owner for path, owner in current.owners.items() if owner in known})
    found = find_differences(compare_schemas(baseline.schema, compared))
    by_owner: dict[str, list[Difference]] = defaultdict(list)
    for one in found:
        by_owner[owner_of(one, baseline.schema, compared)].append(one)
    return tuple(
        judge(module, baseline, [*by_owner[module], *inherit(module, by_owner, baseline.schema, compared)], counted)
        for module in sorted(known)
    )


def judge(
    module: str, baseline: Baseline, differences: Iterable[Difference], counted: Collection[Consumer]
) -> ModuleDifferences:
    """Give a module's differences with the largest step among them."""
    ordered = tuple(sorted(differences, key=by_site))
    change = max((one.change_for(counted) for one in ordered), default=Change.NONE)
    return ModuleDifferences(module, baseline.names.get(module, ""), ordered, change)


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
