"""Where imported code lives: in this package, in a sibling's, in another package on npm, or in the runtime."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from protoctl.errors import ArtifactError, ConfigurationError
from protoctl.kit.globs import is_match
from protoctl.model.toolchain import PROTOS
from protoctl.packaging.sbom import Bundled
from protoctl.schema.view import edition_of
from protoctl.targets.node.floors import GRPC_FLOOR, runtime_floor
from protoctl.targets.node.naming import is_package_name, package_names
from protoctl.versioning.numbering import scheme_of
from protoctl.workspace.known_owners import find_owner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.targets.node.floors import Use
    from protoctl.targets.target import Request

RUNTIME = "@bufbuild/protobuf"
GRPC = "@grpc/grpc-js"
GENERATOR = "@bufbuild/protoc-gen-es"
WELL_KNOWN = "google/protobuf/"
"""The runtime has these; protoc-gen-es imports them from there."""
BUNDLE = "bundle"


@dataclass(frozen=True)
class Owner:
    """A package on npm that holds generated code."""

    package: str
    """Scoped name."""
    version_range: str
    """As package.json takes it."""


@dataclass(frozen=True)
class Imports:
    """The imports of one module's package."""

    request: Request

    @cached_property
    def names(self) -> dict[str, str]:
        """Module to package name for the whole workspace."""
        return package_names(self.request.configuration, self.request.releases)

    @cached_property
    def bundled(self) -> tuple[str, ...]:
        """The protos of others whose code goes into this package, sorted.

        A sibling's imports are the sibling's business, but for public ones: what those declare counts as imported.
        """
        schema, inside = self.request.schema, set(self.request.module.files)
        seen: set[str] = set()
        pending = sorted(inside)
        while pending:
            path = pending.pop()
            if path in seen or path.startswith(WELL_KNOWN):
                continue
            seen.add(path)
            file = schema.files[path]
            is_sibling = path in schema.owners and path not in inside
            pending += [file.dependency[at] for at in file.public_dependency] if is_sibling else file.dependency
        return tuple(sorted(path for path in seen if path not in schema.owners and not self.owner(path)))

    @cached_property
    def own(self) -> frozenset[str]:
        """The protos whose code this package holds."""
        return frozenset((*self.request.module.files, *self.bundled))

    @property
    def copies(self) -> list[Bundled]:
        """The distributions of which private copies are inside, at their locked versions, sorted by name."""
        files: dict[str, list[str]] = {}
        for path in self.bundled:
            files.setdefault(self.distribution_of(path), []).append(path)
        pins = {pin.name: pin.version for pin in self.request.lock.pins if pin.component == PROTOS}
        return [
            Bundled(name, pins.get(canonicalize_name(name), ""), tuple(paths)) for name, paths in sorted(files.items())
        ]

    def distribution_of(self, path: str) -> str:
        """Give the distribution that holds another's proto; nothing where only an import of an import needs it."""
        dependencies = self.request.configuration.dependencies.items()
        owner = find_owner(path)
        known = owner.distribution if owner else ""
        return next((one.distribution for pattern, one in dependencies if is_match(pattern, path)), known)

    def owner(self, path: str) -> Owner | None:
        """Give who owns the code of another's proto on npm; None when it is bundled."""
        for pattern, dependency in self.request.configuration.dependencies.items():
            if is_match(pattern, path):
                return parse_owner(pattern, dependency.node)
        return None

    def locate(self, importer: str, source: str) -> str:
        """Give what to import instead of what protoc-gen-es wrote into `importer`; raises ArtifactError if unknown."""
        if source == RUNTIME or source.startswith(f"{RUNTIME}/"):
            return source
        target = posixpath.normpath(posixpath.join(posixpath.dirname(importer), source))
        proto = target.removesuffix("_pb.js") + ".proto"
        if not source.startswith((".", "..")) or not target.endswith("_pb.js") or target.startswith(".."):
            raise ArtifactError(f"the generated code imports {source}, which nobody is known to own", where=importer)
        if proto in self.own:
            return source
        package = self.package_of(proto)
        if not package:
            raise ArtifactError(f"the generated code imports {source}, and no package holds {proto}", where=importer)
        return f"{package}/{target}"

    def package_of(self, proto: str) -> str:
        """Give the other package that holds a proto's code, or nothing."""
        module = self.request.schema.owners.get(proto)
        if module:
            return self.names[module]
        owner = self.owner(proto)
        return owner.package if owner and proto in self.request.schema.files else ""

    def version_range(self, package: str, uses: Iterable[Use]) -> str:
        """Give the versions of another package that fit: of runtimes the oldest that code with such imports runs on."""
        if package == GRPC:
            return f"^{GRPC_FLOOR}"
        if package == RUNTIME:
            editions = {edition_of(self.request.schema.files[path]) for path in self.own}
            return f"^{runtime_floor(self.request.lock.version(GENERATOR), uses, editions)}"
        modules = {name: module for module, name in self.names.items()}
        if package in modules:
            scheme = scheme_of(self.request.configuration.versions.scheme)
            return scheme.npm_bound(self.request.releases[modules[package]])
        dependencies = self.request.configuration.dependencies.items()
        owners = [parse_owner(pattern, dependency.node) for pattern, dependency in dependencies]
        return next(owner.version_range for owner in owners if owner and owner.package == package)


def parse_owner(pattern: str, text: str) -> Owner | None:
    """Give the package for `@scope/name@^1.2.0`, None for `bundle`; raises ConfigurationError for anything else."""
    if text == BUNDLE:
        return None
    package, _, version_range = text.rpartition("@")
    if not is_package_name(package) or not version_range:
        raise ConfigurationError(
            f'dependencies."{pattern}": node = "{text}" names no package with its versions',
            where="protoctl.toml",
            hint='write "bundle" for a private copy, or a package like "@acme/googleapis@^1.2.0"',
        )
    return Owner(package, version_range)
