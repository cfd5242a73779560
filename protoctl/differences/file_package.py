"""Files whose proto_package is another: full names change, the paths of gRPC and names in Any with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.schema.view import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

RENAMED = Rule(
    "file-package-renamed",
    "A file declares another proto_package: all full names change, and the paths of gRPC with them",
    Change.MAJOR,
    Effects(wire=SAFE, json=SAFE, python=SAFE, node=BREAK),
)
RULES = (RENAMED,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files in another proto_package, once for all that they declare."""
    for pair in comparison.files.both:
        before, now = pair.baseline.descriptor, pair.current.descriptor
        if before.package != now.package:
            old, new = (one.package or "no proto_package" for one in (before, now))
            message = f"file {pair.current.full_name} changes its proto_package from {old} to {new}"
            effects = effects_of(before, has_any=comparison.has_any)
            yield RENAMED.on_pair(comparison, pair, message, at=((PACKAGE,), (PACKAGE,)), effects=effects)


def effects_of(file: FileDescriptorProto, *, has_any: bool) -> Effects:
    """Give what other full names do: services answer under them, Any and extensions in JSON are written with them."""
    effects = RENAMED.effects
    if has_any:
        effects = effects._replace(wire=CONDITIONAL, json=CONDITIONAL)
    if file.extension:
        effects = effects._replace(json=BREAK)
    if file.service:
        effects = effects._replace(wire=BREAK, python=BREAK)
    return effects
