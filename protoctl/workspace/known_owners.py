"""Protos that well-known distributions own: the same file or symbol in another package breaks whoever loads both."""

from __future__ import annotations

from typing import NamedTuple

from protoctl.kit.globs import compile_glob


class Owner(NamedTuple):
    """Who owns some protos."""

    pattern: str
    """Glob of import paths."""
    distribution: str
    """On the Python index."""
    has_protos: bool = False
    """Whether its wheel holds the protos, so that `[dependencies]` can name it."""
    advice: str = ""
    """The pattern to write in `[dependencies]`."""


COMMON = "googleapis-common-protos"
KNOWN = (
    Owner("google/protobuf/**", "protobuf"),
    Owner("google/api/*.proto", COMMON, has_protos=True, advice="google/api/**"),
    Owner("google/cloud/*.proto", COMMON, has_protos=True, advice="google/cloud/*.proto"),
    Owner("google/cloud/location/*.proto", COMMON, has_protos=True, advice="google/cloud/location/**"),
    Owner("google/gapic/metadata/*.proto", COMMON, has_protos=True, advice="google/gapic/metadata/**"),
    Owner("google/logging/type/*.proto", COMMON, has_protos=True, advice="google/logging/type/**"),
    Owner("google/longrunning/*.proto", COMMON, has_protos=True, advice="google/longrunning/**"),
    Owner("google/rpc/**", COMMON, has_protos=True, advice="google/rpc/**"),
    Owner("google/type/*.proto", COMMON, has_protos=True, advice="google/type/**"),
    Owner("google/iam/v1/*.proto", "grpc-google-iam-v1", has_protos=True, advice="google/iam/v1/**"),
    Owner("grpc/health/v1/*.proto", "grpcio-health-checking"),
    Owner("grpc_health/v1/*.proto", "grpcio-health-checking"),
    Owner("grpc/reflection/v1/*.proto", "grpcio-reflection"),
    Owner("grpc/reflection/v1alpha/*.proto", "grpcio-reflection"),
    Owner("grpc_reflection/v1alpha/*.proto", "grpcio-reflection"),
    Owner("grpc/channelz/v1/*.proto", "grpcio-channelz"),
    Owner("grpc_channelz/v1/*.proto", "grpcio-channelz"),
)
REGISTERED = {"google/longrunning/operations_proto.proto": "google/longrunning/operations.proto"}
"""Where a wheel keeps a proto, to the path that its code registers it under, and by which others import it."""
PACKAGES = {
    "google.protobuf": "protobuf",
    "google.protobuf.compiler": "protobuf",
    "grpc.health.v1": "grpcio-health-checking",
    "grpc.reflection.v1": "grpcio-reflection",
    "grpc.reflection.v1alpha": "grpcio-reflection",
    "grpc.channelz.v1": "grpcio-channelz",
}
"""proto_package to the distribution that defines its symbols, whatever the files are called."""


def find_owner(path: str) -> Owner | None:
    """Give the well-known owner of an import path."""
    return next((owner for owner in KNOWN if compile_glob(owner.pattern).fullmatch(path)), None)
