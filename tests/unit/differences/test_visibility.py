"""Symbols that other files may name, or may not: of edition 2024, which descriptors are changed to by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from compiled import compile_texts
from google.protobuf.descriptor_pb2 import Edition, FileDescriptorProto, SymbolVisibility

from protoctl.differences import visibility
from protoctl.model.change import Change, Consumer
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "acme/user/v1/user.proto"
TEXT = """edition = "2023"; package acme.user.v1;
message User { message Inner { enum Kind { KIND_UNSPECIFIED = 0; } } enum State { STATE_UNSPECIFIED = 0; } }
enum Top { TOP_UNSPECIFIED = 0; }
"""


def edited(edit: Callable[[FileDescriptorProto], object] | None) -> Schema:
    """Give the schema after an edit of its file."""
    file = FileDescriptorProto()
    file.CopyFrom(compile_texts({PATH: TEXT}).files[PATH])
    if edit:
        edit(file)
    return Schema({PATH: file}, {PATH: "user"})


def to_2024(file: FileDescriptorProto) -> None:
    """Let a file be of edition 2024."""
    file.edition = Edition.EDITION_2024


def with_features(file: FileDescriptorProto) -> None:
    """Let a file of edition 2024 have features, of which compilers leave out what they say of visibility."""
    to_2024(file)
    file.options.features.SetInParent()


def one_local_with_features(file: FileDescriptorProto) -> None:
    """Let one message say that it is local, in a file with features."""
    with_features(file)
    file.message_type[0].visibility = SymbolVisibility.VISIBILITY_LOCAL


def one_exported_with_features(file: FileDescriptorProto) -> None:
    """Let one message say that it is exported, in a file with features."""
    with_features(file)
    file.message_type[0].visibility = SymbolVisibility.VISIBILITY_EXPORT


def one_local(file: FileDescriptorProto) -> None:
    """Let one message say that it is local."""
    to_2024(file)
    file.message_type[0].visibility = SymbolVisibility.VISIBILITY_LOCAL


def nested_exported(file: FileDescriptorProto) -> None:
    """Let one nested message say that it is exported."""
    to_2024(file)
    file.message_type[0].nested_type[0].visibility = SymbolVisibility.VISIBILITY_EXPORT


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, to_2024, [("symbol-local", "makes local User.State, User.Inner and User.Inner.Kind")]),
        (None, with_features, []),
        (with_features, None, []),
        (with_features, one_local_with_features, [("symbol-local", "makes local User")]),
        (one_local_with_features, with_features, [("symbol-exported", "exports User")]),
        (one_exported_with_features, with_features, [("symbol-local", "makes local User")]),
        (with_features, one_exported_with_features, [("symbol-exported", "exports User")]),
        (one_local_with_features, one_exported_with_features, [("symbol-exported", "exports User")]),
        (to_2024, None, [("symbol-exported", "exports User.State, User.Inner and User.Inner.Kind")]),
        (to_2024, one_local, [("symbol-local", "makes local User")]),
        (one_local, to_2024, [("symbol-exported", "exports User")]),
        (to_2024, nested_exported, [("symbol-exported", "exports User.Inner")]),
    ],
)
def test_visibility(
    before: Callable[[FileDescriptorProto], object] | None,
    now: Callable[[FileDescriptorProto], object] | None,
    expected: list[tuple[str, str]],
) -> None:
    """What changes its visibility is told once for a file, by name."""
    found = list(visibility.find(compare_schemas(edited(before), edited(now))))
    assert [(one.rule, one.message) for one in found] == [(rule, f"file {PATH} {words}") for rule, words in expected]


def test_local_is_a_break() -> None:
    """Protos of others that name what is local now do not compile, in whatever language."""
    [found] = visibility.find(compare_schemas(edited(to_2024), edited(one_local)))
    assert (found.change, found.affected()) == (Change.MAJOR, (Consumer.PYTHON, Consumer.NODE))
