"""What is left of descriptors for plugins."""

from __future__ import annotations

import ast

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from protoctl.schema.trim import Comments, default_json_name, escape, trim_file

ATTACK = ' """ + open("PWNED", "w") + """ '


def make_file() -> FileDescriptorProto:
    """Give a file with a comment of each kind on a message and a service."""
    file = FileDescriptorProto(name="a.proto")
    for path in ([], [12], [4, 0], [6, 0], [6, 0, 2, 0]):
        location = file.source_code_info.location.add(path=path, leading_comments=ATTACK, trailing_comments=ATTACK)
        location.leading_detached_comments.extend([ATTACK, "ends with a backslash \\"])
    return file


def test_comments_of_services_cannot_leave_a_docstring() -> None:
    """The gRPC plugin prints detached comments as well."""
    locations = trim_file(make_file(), Comments.SERVICES).source_code_info.location
    assert [list(location.path) for location in locations] == [[6, 0], [6, 0, 2, 0]]
    for location in locations:
        texts = [location.leading_comments, location.trailing_comments, *location.leading_detached_comments]
        module = ast.parse('"""' + "\n\n".join(texts) + '\n"""')
        assert [type(statement).__name__ for statement in module.body] == ["Expr"]
        assert ast.literal_eval(module.body[0].value).startswith(ATTACK)  # type: ignore[attr-defined]


@pytest.mark.parametrize("comments", [Comments.ALL, Comments.NONE])
def test_other_plugins_see_comments_as_they_are(comments: Comments) -> None:
    kept = trim_file(make_file(), comments).source_code_info.location
    expected = make_file().source_code_info.location if comments is Comments.ALL else []
    assert list(kept) == list(expected)


@pytest.mark.parametrize("text", ['"' * length for length in range(1, 8)] + ["\\", '\\"""', '\\\\"""', "\\x41", "a\\"])
def test_escaped_text_is_read_back(text: str) -> None:
    assert ast.literal_eval(f'"""{escape(text)}\n"""') == f"{text}\n"


@pytest.mark.parametrize(
    ("name", "json_name"),
    [("foo_bar", "fooBar"), ("foo__bar", "fooBar"), ("_foo", "Foo"), ("foo_1a", "foo1a"), ("Foo_", "Foo"), ("_", "")],
)
def test_json_names(name: str, json_name: str) -> None:
    assert default_json_name(name) == json_name
