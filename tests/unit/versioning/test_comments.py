"""Comments by what they are about."""

from __future__ import annotations

import pytest
from compiled import compile_texts

from protoctl.versioning.comments import changed_comments, has_new_comments, spelled

PATH = "acme/user/v1/user.proto"
HEAD = 'syntax = "proto3"; package acme.user.v1;\n'
BASE = """// Of User.
message User {
  // Of name.
  string name = 1;
}
"""


def changed(before: str, now: str) -> list[str]:
    """Give the names of what has other comments."""
    files = [compile_texts({PATH: HEAD + text}).files[PATH] for text in (before, now)]
    return [spelled(one) for one in changed_comments(files[0], files[1])]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (BASE, []),
        (BASE.replace("Of name", "Of names"), ["User.name"]),
        (BASE.replace("  // Of name.\n", ""), ["User.name"]),
        (BASE.replace("// Of User.\n", "//   Of User.  \n"), []),
        ("// New.\nmessage New {}\n" + BASE, []),
        (BASE.replace("name = 1", "mail = 1"), []),
        ("// Of the package.\n\n" + BASE, [""]),
    ],
)
def test_changed(now: str, expected: list[str]) -> None:
    """Comments on what is new or gone do not count, nor do places and space."""
    assert changed(BASE, now) == expected


def test_no_comments_to_compare() -> None:
    """A schema that was stored without places has no comments that could differ."""
    file = compile_texts({PATH: HEAD + BASE}).files[PATH]
    bare = type(file).FromString(file.SerializeToString())
    bare.ClearField("source_code_info")
    assert changed_comments(bare, file) == []
    assert not has_new_comments(file, bare)
