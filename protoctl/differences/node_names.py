"""Names in code for Node that change because of something else in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change, Effects
from protoctl.schema.node_names import exported_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.schema.node_names import Names
    from protoctl.versioning.comparison import Comparison

CHANGED = Rule(
    "node-name-changed",
    "Code for Node calls a type otherwise, because another one of the file takes its name or no longer does",
    Change.MAJOR,
    Effects(node=BREAK),
)
RULES = (CHANGED,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files in which types that kept their name are called otherwise in code for Node."""
    for pair in comparison.files.both:
        before, now = (names_of(side.descriptor) for side in (pair.baseline, pair.current))
        changed = [
            f"{new} instead of {old}"
            for name in before.keys() & now.keys()
            for old, new in zip(before[name], now[name], strict=True)
            if old != new
        ]
        if changed:
            message = f"file {pair.current.full_name} exports {listing(sorted(changed))} in its code for Node"
            yield CHANGED.on_pair(comparison, pair, message, remedy="choose other names for what is new")


def names_of(file: FileDescriptorProto) -> dict[str, Names]:
    """Give what a file exports, by name within its package."""
    prefix = f"{file.package}." if file.package else ""
    return {name.removeprefix(prefix): names for name, names in exported_names(file).items()}
