"""What the generated Python code of a file gives to those who import it: public imports hand on what others declare.

Code hands on everything, through others too; stubs name only what a direct public import declares, so that is all that
type checkers know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protoctl.model.change import Effect
from protoctl.versioning.elements import enums_in, extensions_in, file_element, messages_in

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.schema.view import Schema
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair


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


def hiding(schema: Schema, path: str, other: str) -> Effect:
    """Give what it does to Python code that it imports from the code of one file what another one declares."""
    if path in schema.files and other in (path, *public_imports(schema.files[path])):
        return Effect.SAFE
    return Effect.CONDITIONAL if other in public_reach(schema, path) else Effect.BREAK


def effect_on_python(comparison: Comparison, pair: Pair[Any]) -> Effect:
    """Give what it does to Python code that looks for a symbol in its former file, which may import the new one."""
    former = comparison.counterparts.get(pair.baseline.home)
    if former is None or any(side.around is not side.home for side in (pair.baseline, pair.current)):
        return Effect.BREAK
    return hiding(comparison.current, former.full_name, pair.current.file.name)


def declared_names(schema: Schema, path: str) -> set[str]:
    """Give the names that a file's own code has for what it declares; services are in another module."""
    file = file_element(schema.files[path])
    return {one.name for give in (messages_in, enums_in, extensions_in) for one in give(file)}
