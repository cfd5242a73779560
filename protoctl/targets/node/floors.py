"""The oldest releases on npm that generated code works with: measured, and read off what the code imports.

Code of protoc-gen-es 2.17.0 for the sample workspace, and for messages of proto2, proto3 and editions with extensions
and groups, was loaded as ECMAScript and CommonJS modules, sent through bytes and JSON, called through a server, and
compiled by TypeScript 5.9 (node16 and bundler, libraries checked), from @bufbuild/protobuf 2.17 down to 2.2 and from
@grpc/grpc-js 1.14 down to 1.0:

- `@bufbuild/protobuf/codegenv2` came with 2.5.0, and all that the code imports is there but for what is listed here.
- the types of grpc-js before 1.4.6 contradict those of Node, and before 1.2 lack what ours import; clients and servers
  ran down to 1.0.

The package.json of protoc-gen-es names only its own release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

GRPC_FLOOR = "1.4.6"
"""Of @grpc/grpc-js, which only our own templates use."""
RUNTIME_FLOOR = "2.5.0"
"""Of @bufbuild/protobuf."""
MEASURED = "2.17.0"
"""The last protoc-gen-es whose imports are known; code of a later one asks for the runtime of its own release."""
OLDEST_GENERATOR = "2.5.0"
"""Code of an earlier protoc-gen-es imports another path, and asks for its own release, too."""
WELL_KNOWN = "@bufbuild/protobuf/wkt/"
WELL_KNOWN_SINCE = "2.16.0"
"""The first release in which a well-known type can be imported by the path of its file."""
NAMES_SINCE = {
    "FeatureSet_VisibilityFeature_DefaultSymbolVisibility": "2.6.1",
    "SymbolVisibility": "2.6.1",
    "JavaFeatures_NestInFileClassFeature_NestInFileClass": "2.6.1",
    "GoFeatures_OptimizeModeFeature_OptimizeMode": "2.12.0",
    "objEnum": "2.13.0",
    "CppFeatures_RepeatedType": "2.16.0",
    "FeatureSet_ProtoLimitsFeature_EnforceProtoLimits": "2.16.0",
    "assertValidNames": "2.17.0",
}
"""Names that generated code may import and that came after RUNTIME_FLOOR."""
EDITIONS_SINCE = {2024: "2.8.0"}
"""The first release that loads files of an edition, where RUNTIME_FLOOR does not."""


class Use(NamedTuple):
    """Something that generated code imports from the runtime."""

    source: str
    """The module, like `@bufbuild/protobuf/wkt`."""
    name: str
    """As it is exported there."""


def runtime_floor(generator: str, uses: Iterable[Use], editions: Iterable[int]) -> str:
    """Give the oldest @bufbuild/protobuf for code of a protoc-gen-es, what it imports and the editions of its files."""
    if not Version(OLDEST_GENERATOR) <= Version(generator) <= Version(MEASURED):
        return generator
    floors = {RUNTIME_FLOOR}
    floors |= {since(use) for use in uses}
    floors |= {EDITIONS_SINCE.get(edition, RUNTIME_FLOOR) for edition in editions}
    return max(floors, key=Version)


def since(use: Use) -> str:
    """Give the first release that has what is imported."""
    if use.source.startswith(WELL_KNOWN):
        return WELL_KNOWN_SINCE
    return NAMES_SINCE.get(use.name.removesuffix("Schema"), RUNTIME_FLOOR)
