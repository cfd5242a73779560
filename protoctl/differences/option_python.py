"""Options of files that change what is generated for Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileOptions

from protoctl.differences.rule import BREAK, CONDITIONAL, Rule
from protoctl.model.change import Change, Effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

AT = (FileDescriptorProto.OPTIONS_FIELD_NUMBER, FileOptions.PY_GENERIC_SERVICES_FIELD_NUMBER)
GENERIC = Rule(
    "file-py-generic-services-changed",
    "Python's code has classes for services without gRPC, or has them no longer",
    Change.MAJOR,
    Effects(python=CONDITIONAL),
)
RULES = (GENERIC,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files whose py_generic_services differs; classes that vanish are a break."""
    for pair in comparison.files.both:
        before, now = (side.descriptor.options.py_generic_services for side in (pair.baseline, pair.current))
        if before == now:
            continue
        is_lost = before and pair.baseline.descriptor.service
        effects = GENERIC.effects._replace(python=BREAK) if is_lost else GENERIC.effects
        step = "on" if now else "off"
        message = f"file {pair.current.full_name} switches py_generic_services {step}"
        yield GENERIC.on_pair(comparison, pair, message, at=(AT, AT), effects=effects)
