"""The code of a package: what protoc-gen-es wrote, as ESM and CommonJS, with gRPC code and short names beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.targets.node.entries import Entry, entry_files, find_entries
from protoctl.targets.node.floors import Use
from protoctl.targets.node.generated import Generated, disarm, parse_generated
from protoctl.targets.node.grpc import GrpcView, grpc_exports, grpc_files, grpc_view
from protoctl.targets.node.imports import GRPC, RUNTIME, Imports
from protoctl.targets.node.naming import code_stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.targets.target import Request

TYPES = ".d.ts"


@dataclass(frozen=True)
class Code:
    """The code of one package."""

    files: Mapping[str, str]
    """Path below the package to text."""
    packages: frozenset[str]
    """What it imports from."""
    uses: frozenset[Use]
    """What it imports from the runtime."""
    entries: tuple[Entry, ...]
    """The short names that it can be imported by."""
    services: tuple[GrpcView, ...]
    """The module's protos that declare services."""
    exports: Mapping[str, tuple[str, ...]]
    """Exported names by path without suffix, of the module's own files."""


def make_code(request: Request, imports: Imports, outputs: Mapping[str, bytes]) -> Code:
    """Give the code for what protoc-gen-es wrote; raises ArtifactError when that is unknown text or imports."""
    generated = {
        path: parse_generated(path, disarm(data.decode())).relocated(imports.locate)
        for path, data in sorted(outputs.items())
    }
    services = find_services(request, generated)
    exports = {code_stem(path): generated[f"{code_stem(path)}{TYPES}"].exports for path in request.module.files}
    exports |= {code_stem(view.proto, "grpc"): grpc_exports(view) for view in services}
    entries = tuple(find_entries(request.module.folder, exports))
    files = {
        **merged(both_forms(one) for one in generated.values()),
        **merged(grpc_files(view) for view in services),
        **merged(entry_files(entry) for entry in entries),
    }
    packages = imported_packages(generated.values()) | ({GRPC} if services else set())
    return Code(files, frozenset(packages), runtime_uses(generated.values()), entries, services, exports)


def find_services(request: Request, generated: Mapping[str, Generated]) -> tuple[GrpcView, ...]:
    """Give the view of each of the module's protos that declares services."""
    schema = request.schema
    return tuple(
        grpc_view(schema, path, generated[f"{code_stem(path)}.js"])
        for path in request.module.files
        if schema.files[path].service
    )


def merged(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Give all files of the parts."""
    return {path: text for part in parts for path, text in part.items()}


def both_forms(generated: Generated) -> dict[str, str]:
    """Give the files of one output below the package; types are the same text for both."""
    esm = generated.to_esm()
    commonjs = esm if generated.path.endswith(TYPES) else generated.to_commonjs()
    return {f"esm/{generated.path}": esm, f"cjs/{generated.path}": commonjs}


def runtime_uses(files: Iterable[Generated]) -> frozenset[Use]:
    """Give what files import from the runtime, by the name that it has there."""
    imports = [one for file in files for one in file.imports if one.source.startswith(RUNTIME)]
    return frozenset(Use(one.source, name.split(" ")[0]) for one in imports for name in one.names.split(", "))


def imported_packages(files: Iterable[Generated]) -> set[str]:
    """Give the scoped packages that files import from."""
    sources = {one.source for file in files for one in file.imports}
    return {"/".join(source.split("/")[:2]) for source in sources if source.startswith("@")}
