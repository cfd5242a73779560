"""Requirements read off the generated code: what it checks at import is what it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import Version

from protoctl.errors import ArtifactError, ConfigurationError
from protoctl.kit.globs import is_match
from protoctl.model.toolchain import PROTOS
from protoctl.targets.python.naming import normalise
from protoctl.versioning.numbering import scheme_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.targets.target import Request

PROTOBUF = re.compile(rb"^# Protobuf Python Version: (\S+)$", re.MULTILINE)
CHECK = re.compile(rb"^_runtime_version\.ValidateProtobufRuntimeVersion\(", re.MULTILINE)
EXTENSION = re.compile(rb"\b_?ExtensionFieldDescriptor\[[^,\]]+, (?:(\S*\.Repeated)|)")
"""An extension in a `.pyi`, and whether it is repeated."""
MEASURED_PLUGIN = (5, 1)
"""The mypy-protobuf whose `.pyi` were checked, with mypy --strict and pyright, as they are and through consumers,
against types-protobuf from 7.35 down to 0.1.0 and types-grpcio down to its first release.

All pass everywhere but for extensions: those of scalars need types-protobuf 3.17.1, repeated ones 3.17.3.
"""
SUPPORTED = 9
"""The first major version of protobuf that may refuse older Python code, whatever wrote it."""
GRPC = re.compile(rb"^GRPC_GENERATED_VERSION = '([^']+)'$", re.MULTILINE)


def requirements(request: Request, code: Mapping[str, bytes], distributions: Mapping[str, str]) -> list[str]:
    """Give the module's requirements, sorted; `distributions` is module to name for all that it needs."""
    floor = request.configuration.python.floor(request.module.name)
    needed = {protobuf_bound(code.values(), floor), types_protobuf_bound(request, code.values())}
    if any(path.endswith("_pb2_grpc.py") for path in code):
        needed |= {grpc_bound(code.values()), types_bound(request, "types-grpcio")}
    scheme = scheme_of(request.configuration.versions.scheme)
    for module in sibling_modules(request):
        needed.add(distributions[module] + scheme.python_bound(request.releases[module]))
    needed |= {owner_bound(request, *owner) for owner in foreign_owners(request)}
    return sorted(needed)


def protobuf_bound(code: Iterable[bytes], floor: str = "") -> str:
    """Give the bound on the runtime: not older than the newest gencode, younger than the major after the next.

    Code from 3.20 on works with every runtime before SUPPORTED. Raises ArtifactError for code that says nothing, or
    needs more than a configured floor. Source: protobuf.dev/support/cross-version-runtime-guarantee.
    """
    versions = [lowest for data in code if (lowest := lowest_runtime(data))]
    if not versions:
        raise ArtifactError("the generated Python code names no protobuf version")
    lowest = max(versions)
    if floor and lowest > Version(floor):
        raise ArtifactError(
            f"the generated Python code needs protobuf {lowest}, and the runtime floor is {floor}",
            hint="run `protoctl lock --upgrade`",
        )
    return f"protobuf>={lowest},<{max(lowest.major + 2, SUPPORTED)}"


def lowest_runtime(code: bytes) -> Version | None:
    """Give the oldest protobuf that a generated file works with; None when it names none.

    A file that checks names it exactly. One that does not works from the first release of the same minor on
    (`protoctl/model/gencode.py` tells how that was measured).
    """
    found = PROTOBUF.search(code)
    if not found:
        return None
    version = Version(found[1].decode())
    return version if CHECK.search(code) else Version(f"{version.major}.{version.minor}.0")


def grpc_bound(code: Iterable[bytes]) -> str:
    """Give the bound on grpcio that the generated code itself checks at import."""
    versions = [Version(found[1].decode()) for data in code if (found := GRPC.search(data))]
    if not versions:
        raise ArtifactError("the generated gRPC code names no grpcio version")
    floor = max(versions)
    return f"grpcio>={floor},<{floor.major + 1}"


def types_protobuf_bound(request: Request, code: Iterable[bytes]) -> str:
    """Give the bound on the stubs of protobuf, of which code needs little: the type of its extensions, at most."""
    return types_bound(request, "types-protobuf", extension_bound(code))


def extension_bound(code: Iterable[bytes]) -> str:
    """Give the bound on types-protobuf that extensions need; nothing without any."""
    repeated = {found[1] is not None for data in code for found in EXTENSION.finditer(data)}
    if not repeated:
        return ""
    return ">=3.17.3" if True in repeated else ">=3.17.1"


def types_bound(request: Request, name: str, measured: str = "") -> str:
    """Give the bound on a stub package: as measured, or what the lock pins when another plugin wrote the `.pyi`."""
    component = request.configuration.python.component(request.module.name)
    if Version(request.lock.version("mypy-protobuf", component)).release[:2] == MEASURED_PLUGIN:
        return f"{name}{measured}"
    pinned = Version(request.lock.version(name, component))
    return f"{name}>={pinned.major}.{pinned.minor}"


def sibling_modules(request: Request) -> list[str]:
    """Give the modules whose files this one imports, sorted."""
    owners = request.schema.owners
    return sorted({owners[need] for need in direct_imports(request) if need in owners} - {request.module.name})


def foreign_owners(request: Request) -> list[tuple[str, str]]:
    """Give the distributions that own imported files, each with its configured floor or nothing, sorted.

    protobuf owns its well-known types.
    """
    dependencies = request.configuration.dependencies
    imported = [path for path in direct_imports(request) if path not in request.schema.owners]
    owners = {owner for path in imported for pattern, owner in dependencies.items() if is_match(pattern, path)}
    return sorted({(owner.distribution, owner.floor) for owner in owners})


def owner_bound(request: Request, name: str, floor: str) -> str:
    """Give the bound on the owner of imported files: as configured, or not older than the protos compiled against.

    Raises ConfigurationError when the protos compiled against are older than the configured bound.
    """
    pinned = Version(request.lock.version(normalise(name), PROTOS))
    if floor and Version(floor) > pinned:
        what = f"{name} is locked at {pinned}, and [dependencies] asks for {floor}"
        raise ConfigurationError(what, where="protoctl.toml", hint="run `protoctl lock --upgrade`")
    return f"{name}>={floor or pinned},<{pinned.major + 1}"


def direct_imports(request: Request) -> set[str]:
    """Give the paths that the module's files import."""
    return {need for path in request.module.files for need in request.schema.needs[path]}
