"""Syntax or edition of a file; what that does to its elements is told where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import Edition, FileDescriptorProto

from protoctl.differences.rule import Rule
from protoctl.model.change import Change
from protoctl.versioning.features import edition_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

CHANGED = Rule(
    "file-syntax-changed", "A file is written in another syntax or edition, which alone changes nothing", Change.PATCH
)
RULES = (CHANGED,)
SYNTAX, EDITION = FileDescriptorProto.SYNTAX_FIELD_NUMBER, FileDescriptorProto.EDITION_FIELD_NUMBER


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files in another syntax or edition."""
    for pair in comparison.files.both:
        before, now = pair.baseline.descriptor, pair.current.descriptor
        if edition_number(before) != edition_number(now):
            at = tuple((EDITION if file.syntax == "editions" else SYNTAX,) for file in (before, now))
            message = f"file {pair.current.full_name} changes from {spelled(before)} to {spelled(now)}"
            yield CHANGED.on_pair(comparison, pair, message, at=(at[0], at[1]))


def spelled(file: FileDescriptorProto) -> str:
    """Give `proto3` or `edition 2023`."""
    name = Edition.DESCRIPTOR.values_by_number[edition_number(file)].name.removeprefix("EDITION_").lower()
    return f"edition {name}" if name[0].isdigit() else name
