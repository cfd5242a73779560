"""No field number of a message is taken by two extensions: a process can load only one of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from protoctl.checks.elements import extensions_of
from protoctl.checks.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

CLASH = Rule("extension-clash", "No two files extend a message with the same field number")
RULES = (CLASH,)
NUMBER = FieldDescriptorProto.NUMBER_FIELD_NUMBER


def find(context: Context) -> Iterator[Finding]:
    """Report extensions of the workspace whose number an extension in another file has; protoc sees one file alone."""
    first: dict[tuple[str, int], tuple[str, str]] = {}
    files = context.schema.files
    for path in sorted(files, key=lambda path: (path in context.schema.owners, path)):
        for _, extension, location in extensions_of(files[path]):
            other = first.setdefault((extension.extendee, extension.number), (path, extension.name))
            if other[0] != path and path in context.schema.owners:
                extended = f"{extension.extendee.removeprefix('.')} with the number {extension.number}"
                message = f"extension {extension.name} extends {extended}, and so does {other[1]} in {other[0]}"
                yield CLASH.at(context, path, (*location, NUMBER), message)
