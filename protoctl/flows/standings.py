"""Where each module stands: what differs from its last package, and what that package requires of its siblings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from protoctl.flows.baseline import Baseline
from protoctl.flows.diff import compare_modules
from protoctl.flows.modules import module_needs
from protoctl.flows.packed import join_packages, outdated_imports
from protoctl.reports.diff import ModuleDifferences
from protoctl.schema.view import Schema
from protoctl.targets import load_target, target_names
from protoctl.versioning.release import Release, parse_release
from protoctl.versioning.requirements import Bound, read_npm, read_python
from protoctl.versioning.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.configuration import Configuration
    from protoctl.packaging.embedded import Embedded


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
    def differences(self) -> Mapping[str, ModuleDifferences]:
        """Module to what differs in it.

        A sibling may have been released since a module embedded its files, also by a release that was interrupted
        between the two: what such a module inherits is told by the files that it embeds.
        """
        found = compare_modules(self.baseline, self.current, self.configuration)
        for module, files in outdated_imports(self.baseline, self.packages).items():
            alone = compare_modules(self.embedded(module, files), self.current, self.configuration)
            found[module] = replace(found[module], inherited=alone[module].inherited)
        return found

    def embedded(self, module: str, files: Mapping[str, FileDescriptorProto]) -> Baseline:
        """Give what the package of one module carries, its siblings' files included, as a baseline."""
        known = self.baseline.schema.owners
        owners = {path: known[path] for path in files if path in known}
        names = {owner: self.baseline.names[owner] for owner in owners.values()}
        return Baseline(Schema(files, owners), names, {module: self.packages[module]}, is_whole=False)

    @cached_property
    def needs(self) -> Mapping[str, set[str]]:
        """Module to the modules whose files it imports."""
        return module_needs(self.current)

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Module to target to the name of its distribution."""
        return distribution_names(self.configuration, self.needs)


def distribution_names(configuration: Configuration, modules: Iterable[str]) -> dict[str, dict[str, str]]:
    """Give module to target to the name of its distribution."""
    targets = {name: load_target(name, configuration) for name in target_names()}
    return {
        module: {name: target.distribution(configuration, module) for name, target in targets.items()}
        for module in modules
    }


def stand(module: str, seen: Seen) -> Standing:
    """Give where a module stands, its history left open."""
    found = seen.differences.get(module) or ModuleDifferences(module)
    return Standing(
        module=module,
        differences=found.own,
        inherited=found.inherited,
        needs=tuple(sorted(seen.needs[module])),
        built_with=required_siblings(seen.packages[module], seen.names) if module in seen.packages else {},
        distributions=seen.names[module],
        unstable=found.unstable,
    )


def required_siblings(package: Embedded, names: Mapping[str, Mapping[str, str]]) -> dict[str, Release]:
    """Give sibling → the release that a package requires at least."""
    if package.kind == "npm":
        modules = {one["node"]: name for name, one in names.items()}
    else:
        modules = {canonicalize_name(one["python"]): name for name, one in names.items()}
    required = [bound for bound in read_bounds(package) if bound.name in modules and bound.floor]
    return {modules[bound.name]: parse_release(bound.floor) for bound in required}


def read_bounds(package: Embedded) -> list[Bound]:
    """Give what a package requires of others."""
    if package.kind == "npm":
        return [read_npm(*text.split(" ", 1)) for text in package.requires]
    return [read_python(text) for text in package.requires]
