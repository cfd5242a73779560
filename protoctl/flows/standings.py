"""Where each module stands: what differs from its last package, and what that package requires of its siblings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from protoctl.flows.baseline import Baseline, join_packages
from protoctl.flows.diff import compare_modules
from protoctl.flows.modules import module_needs
from protoctl.targets import load_target, target_names
from protoctl.versioning.policy import unstable_files
from protoctl.versioning.release import Release, parse_release
from protoctl.versioning.standing import Inherited, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.configuration import Configuration
    from protoctl.model.difference import Difference
    from protoctl.packaging.embedded import Embedded
    from protoctl.schema.view import Schema

NPM_FLOOR = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
"""The lowest version in the ranges that we write."""


@dataclass(frozen=True)
class Seen:
    """What is known of all modules."""

    configuration: Configuration
    """Of the workspace."""
    current: Schema
    """Of the workspace."""
    packages: Mapping[str, Embedded]
    """Module to the package that it is compared with."""

    @cached_property
    def baseline(self) -> Baseline:
        """The schema of all packages."""
        return join_packages(self.packages.values())

    @cached_property
    def differences(self) -> Mapping[str, tuple[Difference, ...]]:
        """Module to what differs in it."""
        return compare_modules(self.baseline, self.current)

    @cached_property
    def needs(self) -> Mapping[str, set[str]]:
        """Module to the modules whose files it imports."""
        return module_needs(self.current)

    @cached_property
    def unstable(self) -> frozenset[str]:
        """Files whose proto_package promises nothing."""
        return unstable_files(proto_packages(self.baseline.schema), proto_packages(self.current))

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Module to target to the name of its distribution."""
        targets = {name: load_target(name, self.configuration) for name in target_names()}
        return {
            module: {name: target.distribution(self.configuration, module) for name, target in targets.items()}
            for module in self.needs
        }


def stand(module: str, seen: Seen) -> Standing:
    """Give where a module stands, its history left open."""
    found = seen.differences.get(module, ())
    return Standing(
        module=module,
        differences=tuple(one for one in found if not one.origin),
        inherited=tuple(Inherited(one.origin, one) for one in found if one.origin),
        needs=tuple(sorted(seen.needs[module])),
        built_with=required_siblings(seen.packages[module], seen.names) if module in seen.packages else {},
        distributions=seen.names[module],
        unstable=seen.unstable,
    )


def proto_packages(schema: Schema) -> dict[str, str]:
    """Give path → proto_package of every file."""
    return {path: file.package for path, file in schema.files.items()}


def required_siblings(package: Embedded, names: Mapping[str, Mapping[str, str]]) -> dict[str, Release]:
    """Give sibling → the release that a package requires at least."""
    target = "node" if package.kind == "npm" else "python"
    modules = {one[target]: name for name, one in names.items()}
    if target == "python":
        modules = {canonicalize_name(name): module for name, module in modules.items()}
    found = {}
    for text in package.requires:
        name, floor = split_npm(text) if target == "node" else split_python(text)
        if name in modules and floor:
            found[modules[name]] = parse_release(floor)
    return found


def split_python(text: str) -> tuple[str, str]:
    """Give the normalised name and the lowest version of a requirement as core metadata write it."""
    requirement = Requirement(text)
    floors = [one.version for one in requirement.specifier if one.operator in {">=", "==", "~="}]
    return canonicalize_name(requirement.name), floors[0] if floors else ""


def split_npm(text: str) -> tuple[str, str]:
    """Give name and lowest version of a dependency as `packaging.embedded` gives it."""
    name, _, bound = text.partition(" ")
    floor = NPM_FLOOR.search(bound)
    return name, floor[0] if floor else ""
