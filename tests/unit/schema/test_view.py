"""What a schema tells does not depend on what else is in it."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from protoctl.schema.view import Schema


def schema(**needs: tuple[str, ...]) -> Schema:
    """Give a schema of files by name, in the order given, each with its imports."""
    return Schema({name: FileDescriptorProto(name=name, dependency=list(paths)) for name, paths in needs.items()}, {})


def test_a_closure_has_each_file_after_its_imports() -> None:
    assert schema(c=(), b=("c",), a=("b", "c")).closure(["a"]) == ["c", "b", "a"]


def test_files_outside_change_nothing_in_a_closure() -> None:
    alone = schema(c=(), b=(), a=("b", "c"))
    among = schema(b=(), z=("b",), c=("z",), y=(), a=("b", "c"))
    among.files["c"].ClearField("dependency")
    assert alone.closure(["a"]) == Schema(among.files, {}).closure(["a"]) == ["b", "c", "a"]
