"""What the generated Python code of a file gives to those who import it: public imports hand on what others declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.versioning.elements import file_element, top_level

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.schema.view import Schema


def public_imports(file: FileDescriptorProto) -> list[str]:
    """Give the paths that a file imports publicly, in order."""
    return [file.dependency[at] for at in file.public_dependency]


def public_reach(schema: Schema, path: str) -> set[str]:
    """Give a path and all that it imports publicly, through others too."""
    reached: set[str] = set()
    waiting = [path]
    while waiting:
        one = waiting.pop()
        if one not in reached and one in schema.files:
            reached.add(one)
            waiting += public_imports(schema.files[one])
    return reached


def exported_names(schema: Schema, path: str) -> set[str]:
    """Give the names that `from x_pb2 import *` has for a file; services are in another module."""
    files = [schema.files[one] for one in public_reach(schema, path)]
    return {one.name for file in files for one in top_level(file_element(file))} - {
        one.name for file in files for one in file.service
    }
