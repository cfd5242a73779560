"""What is left of descriptors for plugins."""

from __future__ import annotations

import ast

import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, SourceCodeInfo

from protoctl.schema.disarm import escape, is_option
from protoctl.schema.trim import Comments, Wants, default_json_name, trim_file
from protoctl.schema.view import Schema

ATTACK = ' """ + open("PWNED", "w") + """ '


def make_file() -> FileDescriptorProto:
    """Give a file with a comment of each kind on a message and a service."""
    file = FileDescriptorProto(name="a.proto")
    for path in ([], [12], [4, 0], [6, 0], [6, 0, 2, 0]):
        location = file.source_code_info.location.add(path=path, leading_comments=ATTACK, trailing_comments=ATTACK)
        location.leading_detached_comments.extend([ATTACK, "ends with a backslash \\"])
    return file


def locations_for(comments: Comments) -> list[SourceCodeInfo.Location]:
    """Give what is left of the file's locations."""
    schema = Schema({"a.proto": make_file()}, {})
    return list(trim_file(schema, "a.proto", Wants(comments, json_names=True)).source_code_info.location)


def test_comments_of_services_cannot_leave_a_docstring() -> None:
    """The gRPC plugin prints detached comments as well."""
    locations = locations_for(Comments.SERVICES)
    assert [list(location.path) for location in locations] == [[6, 0], [6, 0, 2, 0]]
    for location in locations:
        texts = [location.leading_comments, location.trailing_comments, *location.leading_detached_comments]
        module = ast.parse('"""' + "\n\n".join(texts) + '\n"""')
        assert [type(statement).__name__ for statement in module.body] == ["Expr"]
        assert ast.literal_eval(module.body[0].value).startswith(ATTACK)  # type: ignore[attr-defined]


@pytest.mark.parametrize("comments", [Comments.ALL, Comments.NONE])
def test_other_plugins_see_comments_as_they_are(comments: Comments) -> None:
    expected = list(make_file().source_code_info.location) if comments is Comments.ALL else []
    assert locations_for(comments) == expected


@pytest.mark.parametrize("text", ['"' * length for length in range(1, 8)] + ["\\", '\\"""', '\\\\"""', "\\x41", "a\\"])
def test_escaped_text_is_read_back(text: str) -> None:
    assert ast.literal_eval(f'"""{escape(text)}\n"""') == f"{text}\n"


@pytest.mark.parametrize(
    ("name", "json_name"),
    [("foo_bar", "fooBar"), ("foo__bar", "fooBar"), ("_foo", "Foo"), ("foo_1a", "foo1a"), ("Foo_", "Foo"), ("_", "")],
)
def test_json_names(name: str, json_name: str) -> None:
    assert default_json_name(name) == json_name


def test_a_json_name_that_a_proto_sets_is_kept() -> None:
    names = {"foo_bar": "fooBar", "other": "own"}
    file = FileDescriptorProto(name="a.proto")
    file.message_type.add(name="M", field=[FieldDescriptorProto(name=k, json_name=v) for k, v in names.items()])
    for json_names, expected in ((True, ["fooBar", "own"]), (False, ["", "own"])):
        trimmed = trim_file(Schema({"a.proto": file}, {}), "a.proto", Wants(Comments.NONE, json_names=json_names))
        assert [field.json_name for field in trimmed.message_type[0].field] == expected


def test_what_becomes_a_warning_in_python_cannot_leave_its_string() -> None:
    """mypy-protobuf escapes documentation; it does not escape what it makes warnings of."""
    file = FileDescriptorProto(name="a.proto")
    service = file.service.add(name="S")
    service.method.add(name="Old").options.deprecated = True
    service.method.add(name="New")
    paths = [[6, 0], [6, 0, 2, 0], [6, 0, 2, 0, 4, 33], [6, 0, 2, 1], [4, 0, 7, 3], [4, 0, 2, 0, 8, 3]]
    for path in paths:
        file.source_code_info.location.add(path=path, leading_comments=ATTACK, trailing_comments='\\"""')
    trimmed = trim_file(Schema({"a.proto": file}, {}), "a.proto", Wants(Comments.ALL, json_names=True))
    changed = {tuple(one.path) for one in trimmed.source_code_info.location if '"""' not in one.leading_comments}
    assert changed == {(6, 0, 2, 0), (6, 0, 2, 0, 4, 33), (4, 0, 7, 3), (4, 0, 2, 0, 8, 3)}
    assert {one.trailing_comments for one in trimmed.source_code_info.location} == {
        '\\"""',
        "\\'''",
        r"\\\"\"\"",
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([], False),
        ([8], True),
        ([8, 23], True),
        ([4, 0], False),
        ([4, 7], False),
        ([4, 0, 7], True),
        ([4, 0, 3, 7, 2, 8], False),
        ([4, 0, 3, 7, 2, 8, 8, 3], True),
        ([5, 0, 2, 1, 3, 1], True),
        ([999, 1], False),
        ([12], False),
    ],
)
def test_a_location_within_an_option(path: list[int], expected: bool) -> None:  # noqa: FBT001  the answer
    assert is_option(path) is expected
