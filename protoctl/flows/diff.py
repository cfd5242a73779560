"""Diff: what the protos changed since a baseline, module by module, and whom each difference affects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from protoctl.differences import all_rules, find_differences
from protoctl.errors import SourceError
from protoctl.flows.against import read_baseline
from protoctl.flows.schema import FATAL, compile_workspace
from protoctl.flows.session import Session
from protoctl.kit.background import start
from protoctl.kit.collection import paused_collection
from protoctl.kit.globs import is_match
from protoctl.model.change import Change, Consumer
from protoctl.model.difference import by_site
from protoctl.model.toolchain import PYTHON
from protoctl.reports.diff import DiffListing, ModuleDifferences
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas
from protoctl.versioning.policy import Policy, unstable_files
from protoctl.versioning.reach import Reach, types_around
from protoctl.versioning.standing import Inherited

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.flows.baseline import Baseline
    from protoctl.flows.session import Options
    from protoctl.model.configuration import Configuration
    from protoctl.model.difference import Difference
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace


def diff(workspace: Workspace, options: Options, against: str, emit: Emit) -> DiffListing:
    """Compare the protos with what `against` names, or with the last releases on the configured indexes.

    Raises what `read_baseline` raises, and SourceError.
    """
    session = Session(workspace, options, emit)
    foreign = session.foreign_protos()
    session.component_digest(PYTHON)  # the lock is read, or written, before both sides are compiled at once
    other = start(partial(read_baseline, session, against, foreign))
    current = compile_current(session, foreign)
    baseline = other.result()
    table = workspace.configuration.versions
    return DiffListing(
        modules=tuple(compare_modules(baseline, current, workspace.configuration).values()),
        proto_root=workspace.configuration.workspace.proto,
        policy=Policy(tuple(map(Consumer, table.policy)), table.cap_unstable),
        sentences={rule.id: rule.sentence for rule in all_rules()},
    )


def compile_current(session: Session, foreign: Mapping[str, bytes]) -> Schema:
    """Give the workspace's schema; raises SourceError for files that have no descriptor."""
    workspace = session.workspace
    compiled = compile_workspace(session, foreign)
    fatal = [one for one in (*workspace.refused, *compiled.findings) if one.rule in FATAL]
    if fatal:
        root = workspace.configuration.workspace.proto
        raise SourceError([replace(one, file=f"{root}/{one.file}") for one in fatal])
    return compiled.schema


def compare_modules(baseline: Baseline, current: Schema, configuration: Configuration) -> dict[str, ModuleDifferences]:
    """Give what differs in each module that the baseline tells about, sorted by name."""
    known = {*baseline.names, *(set(current.owners.values()) if baseline.is_whole else ())}
    compared = Schema(current.files, {path: owner for path, owner in current.owners.items() if owner in known})
    by_owner: dict[str, list[Difference]] = defaultdict(list)
    with paused_collection():
        found = find_differences(compare_schemas(baseline.schema, compared))
    for one in found:
        by_owner[owner_of(one, baseline.schema, compared)].append(one)
    reaches = Reach(baseline.schema), Reach(compared)
    by_type = differences_by_type(by_owner, configuration)
    unstable = unstable_files(proto_packages(baseline.schema), proto_packages(compared))
    return {
        module: ModuleDifferences(
            module=module,
            own=tuple(by_owner[module]),
            inherited=tuple(inherit(module, by_type, reaches)),
            unstable=unstable,
            against=baseline.names.get(module, ""),
        )
        for module in sorted(known)
    }


def proto_packages(schema: Schema) -> dict[str, str]:
    """Give path → proto_package of every file."""
    return {path: file.package for path, file in schema.files.items()}


def owner_of(difference: Difference, baseline: Schema, current: Schema) -> str:
    """Give the module whose consumers a difference is about: where the element was, or is when it is new."""
    if difference.before is not None:
        return baseline.owners.get(difference.before.file, "")
    return current.owners.get(difference.now.file, "")


def differences_by_type(
    by_owner: Mapping[str, Sequence[Difference]], configuration: Configuration
) -> dict[str, list[Inherited]]:
    """Give full name of a type → what differs in it and may reach other modules.

    A patch changes nothing there: packages do not hold the comments of what they import.
    """
    found: dict[str, list[Inherited]] = defaultdict(list)
    for owner, differences in sorted(by_owner.items()):
        for one in differences:
            if one.change > Change.PATCH:
                origin = owner or distribution_of(one.now.file, configuration)
                for name in types_around(one.element):
                    found[name].append(Inherited(origin, one, is_sibling=bool(owner)))
    return found


def distribution_of(path: str, configuration: Configuration) -> str:
    """Give the distribution that owns an imported file; `imports` for what nobody owns."""
    owners = (one.distribution for pattern, one in configuration.dependencies.items() if is_match(pattern, path))
    return next(owners, "imports")


def inherit(module: str, by_type: Mapping[str, list[Inherited]], reaches: tuple[Reach, Reach]) -> list[Inherited]:
    """Give what differs in other modules and imports, and is part of this module's data or code, by place."""
    if all(one.origin == module for found in by_type.values() for one in found):
        return []
    reached = (reaches[0].of(module) | reaches[1].of(module)) & by_type.keys()
    found = dict.fromkeys(one for name in sorted(reached) for one in by_type[name] if one.origin != module)
    return sorted(found, key=lambda one: (not one.is_sibling, one.origin, by_site(one.difference)))
