"""Requirements read off the generated code: what it checks at import is what it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import Version

from protoctl.errors import ArtifactError
from protoctl.kit.globs import is_match
from protoctl.targets.python.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.targets.target import Request

PROTOBUF = re.compile(rb"^# Protobuf Python Version: (\S+)$", re.MULTILINE)
GRPC = re.compile(rb"^GRPC_GENERATED_VERSION = '([^']+)'$", re.MULTILINE)


def requirements(request: Request, code: Mapping[str, bytes], distributions: Mapping[str, str]) -> list[str]:
    """Give the module's requirements, sorted; `distributions` is module to name for the whole workspace."""
    needed = {protobuf_bound(code.values()), types_bound(request, "types-protobuf")}
    if any(path.endswith("_pb2_grpc.py") for path in code):
        needed |= {grpc_bound(code.values()), types_bound(request, "types-grpcio")}
    for module in sibling_modules(request):
        release = request.releases[module]
        needed.add(f"{distributions[module]}>={release.python},<{release.breaking_bound}")
    needed |= {owner_bound(request, owner) for owner in foreign_owners(request)}
    return sorted(needed)


def protobuf_bound(code: Iterable[bytes]) -> str:
    """Give the bound on the runtime: not older than the newest gencode, younger than the major after the next.

    Source: protobuf.dev/support/cross-version-runtime-guarantee.
    """
    versions = [Version(found[1].decode()) for data in code if (found := PROTOBUF.search(data))]
    if not versions:
        raise ArtifactError("the generated Python code names no protobuf version")
    floor = max(versions)
    return f"protobuf>={floor},<{floor.major + 2}"


def grpc_bound(code: Iterable[bytes]) -> str:
    """Give the bound on grpcio that the generated code itself checks at import."""
    versions = [Version(found[1].decode()) for data in code if (found := GRPC.search(data))]
    if not versions:
        raise ArtifactError("the generated gRPC code names no grpcio version")
    floor = max(versions)
    return f"grpcio>={floor},<{floor.major + 1}"


def types_bound(request: Request, name: str) -> str:
    """Give the bound on a stub package that the `.pyi` files were written against."""
    pinned = Version(request.lock.version(name))
    return f"{name}>={pinned.major}.{pinned.minor}"


def sibling_modules(request: Request) -> list[str]:
    """Give the modules whose files this one imports, sorted."""
    owners = request.schema.owners
    return sorted({owners[need] for need in direct_imports(request) if need in owners} - {request.module.name})


def foreign_owners(request: Request) -> list[str]:
    """Give the distributions that own imported files, sorted; protobuf owns its well-known types."""
    dependencies = request.configuration.dependencies
    imported = [path for path in direct_imports(request) if path not in request.schema.owners]
    owners = {owner.python for path in imported for pattern, owner in dependencies.items() if is_match(pattern, path)}
    return sorted(owners)


def owner_bound(request: Request, name: str) -> str:
    """Give the bound on the owner of imported files: not older than the protos compiled against."""
    pinned = Version(request.lock.version(normalise(name)))
    return f"{name}>={pinned},<{pinned.major + 1}"


def direct_imports(request: Request) -> set[str]:
    """Give the paths that the module's files import."""
    return {need for path in request.module.files for need in request.schema.needs[path]}
