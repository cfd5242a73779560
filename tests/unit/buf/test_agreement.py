"""What buf says and what we say about one element are brought together; what nobody explained stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from batches import compile_batch
from buf.agreement import compare_witnesses
from buf.breaking import Reported

from protoctl.model.change import Change, Effects
from protoctl.model.difference import Difference, Site

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.schema.view import Schema

TEXT = """syntax = "proto3";
package a;
message M {
  message In { string one = 1; map<string, int32> two = 2; oneof pick { string three = 3; } }
  enum E { ZERO = 0; ONE = 1; }
}
service S { rpc Get(M) returns (M); }
"""


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Schema, Schema]:
    """Give a schema as both sides, with a file that is gone."""
    both = {"f.proto": TEXT, "other.proto": 'syntax = "proto3";'}
    old, new = compile_batch([{**both, "gone.proto": 'syntax = "proto3";'}, both], tmp_path)
    assert old
    assert new
    return old, new


def difference(element: str, change: Change = Change.MAJOR, file: str = "f.proto", rule: str = "ours") -> Difference:
    """Give what we might say."""
    return Difference(rule, element, "a.Old is a.New now", change, Effects(), Site(file, 1, 1))


IN = 'on message "In" was deleted.'


@pytest.mark.parametrize(
    ("message", "element"),
    [
        (f'Previously present field "1" with name "one" {IN}', "a.M.In.one"),
        (f'Previously present field "1" with name "one" {IN}', "a.M.In"),
        ('Field "1" on message "In" changed name from "one" to "uno".', "a.M.In.one"),
        ('Field "1" with name "key" on message "TwoEntry" changed type from "string" to "int32".', "a.M.In.two"),
        ('Previously present oneof "pick" on message "In" was deleted.', "a.M.In.pick"),
        ('Previously present enum value "1" on enum "E" was deleted.', "a.M.E.ONE"),
        ('Previously present enum value "1" on enum "E" was deleted.', "a.M.ONE"),
        ('Previously present RPC "Get" on service "S" was deleted.', "a.S.Get"),
        ('Previously present message "M.In" was deleted from file.', "a.M.In"),
        ('Previously present message "Gone.Inner" was deleted from file.', "a.Gone.Inner"),
        ('Message "In" had required field "1" added.', "a.M.In.one"),
    ],
)
def test_one_element_is_one_subject(sides: tuple[Schema, Schema], message: str, element: str) -> None:
    """Whatever buf calls it; another element of the same message is none."""
    old, new = sides
    reported = [Reported("THEIRS", "f.proto", message, 4, 4)]
    found = compare_witnesses(reported, [difference(element)], old.files, new.files)
    assert [one.peer for one in found.theirs] == ["ours"], found
    assert [one.peer for one in found.ours] == ["THEIRS"]
    other = compare_witnesses(
        reported, [difference(f"{element}x"), difference(element, file="other.proto")], old.files, new.files
    )
    assert [(one.peer, one.is_open) for one in (*other.theirs, *other.ours)] == [("", True)] * 3


def test_a_file_that_is_gone_is_found_by_its_path(sides: tuple[Schema, Schema]) -> None:
    old, new = sides
    reported = [Reported("FILE_NO_DELETE", "", 'Previously present file "gone.proto" was deleted.')]
    found = compare_witnesses(reported, [difference("gone.proto", file="gone.proto")], old.files, new.files)
    assert [(one.file, one.peer) for one in found.theirs] == [("gone.proto", "ours")]


def test_what_is_said_about_a_file_is_not_about_what_it_holds(sides: tuple[Schema, Schema]) -> None:
    old, new = sides
    reported = [Reported("FILE_SAME_PACKAGE", "f.proto", 'File package changed from "b" to "a".', 2, 2)]
    ours = [difference("f.proto"), difference("a.M")]
    found = compare_witnesses(reported, ours, old.files, new.files)
    assert [one.peer for one in found.ours] == ["FILE_SAME_PACKAGE", ""]


def test_a_file_that_buf_does_not_know_again_explains_itself(sides: tuple[Schema, Schema]) -> None:
    """It stands elsewhere or declares another package."""
    old, new = sides
    for before in ({}, {"f.proto": type(old.files["f.proto"])(name="f.proto", package="b")}):
        found = compare_witnesses([], [difference("a.M.In.one")], before, new.files)
        assert [one.is_open for one in found.ours] == [False]


@pytest.mark.parametrize(
    ("rule", "peer"),
    [("message-renamed", "message-renamed"), ("message-moved", "message-moved"), ("field-deleted", "")],
)
def test_a_type_that_is_called_otherwise_is_told_once(sides: tuple[Schema, Schema], rule: str, peer: str) -> None:
    """At the type, in whatever file; what held the old name held all that is within."""
    old, new = sides
    messages = [
        'RPC "Get" on service "S" changed request type from "a.Old" to "a.New".',
        'Field "1" with name "one" on message "In" changed type from "a.Old" to "a.New".',
    ]
    reported = [Reported("THEIRS", "f.proto", message, 4, 4) for message in messages]
    found = compare_witnesses(reported, [difference("a.New", file="other.proto", rule=rule)], old.files, new.files)
    assert [one.peer for one in found.theirs] == [peer, peer]
    nested = [Reported("THEIRS", "f.proto", 'Previously present enum "Old.Kind" was deleted from file.')]
    found = compare_witnesses(nested, [difference("a.New", rule=rule)], old.files, new.files)
    assert [one.peer for one in found.theirs] == [peer]


def test_only_a_break_agrees_with_a_break(sides: tuple[Schema, Schema]) -> None:
    """What we call less needs a reason, which holds for the rule and for what is said."""
    old, new = sides
    message = 'Field "1" with name "one" on message "In" changed option "jstype" from "{}" to "JS_NUMBER".'
    reported = [
        Reported("FIELD_SAME_JSTYPE", "f.proto", message.format(kind), 4, 4) for kind in ("JS_NORMAL", "JS_STRING")
    ]
    found = compare_witnesses(reported, [difference("a.M.In.one", Change.PATCH)], old.files, new.files)
    assert [(bool(one.reason), one.is_open) for one in found.theirs] == [(True, False), (False, True)]
