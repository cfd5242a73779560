"""Which field and oneof of one message is which of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from compiled import compile_texts

from protoctl.versioning.comparison import Comparison, compare_schemas

if TYPE_CHECKING:
    from protoctl.versioning.matching import Matched

HEAD = 'syntax = "proto3"; package acme.user.v1;\n'


def compare(baseline: str, current: str) -> Comparison:
    """Compare two bodies of a proto."""
    return compare_schemas(*(compile_texts({"acme/user/v1/user.proto": HEAD + one}) for one in (baseline, current)))


def told(matched: Matched[Any]) -> dict[str, list[str]]:
    """Give names by what became of them, renamed ones as `before>now`; of pairs those that are listed."""
    found = {
        "pairs": [one.current.name for one in matched.pairs],
        "renamed": [f"{one.baseline.name}>{one.current.name}" for one in matched.renamed],
        "added": [one.name for one in matched.added],
        "deleted": [one.name for one in matched.deleted],
    }
    return {kind: sorted(names) for kind, names in found.items() if names}


@pytest.mark.parametrize(
    ("baseline", "current", "expected"),
    [
        ("string a = 1;", "string a = 1; string b = 2;", {"added": ["b"]}),
        ("string a = 1;", "string b = 1;", {"renamed": ["a>b"]}),
        ("string a = 1;", "string b = 2;", {"added": ["b"], "deleted": ["a"]}),
        ("string a = 1;", "int32 b = 1;", {"added": ["b"], "deleted": ["a"]}),
        ("string a = 1;", "repeated string b = 1;", {"added": ["b"], "deleted": ["a"]}),
        ("string a = 1; string b = 2;", "string b = 1; string a = 2;", {"pairs": ["a", "b"]}),
        ("string a = 1; string b = 2;", "string b = 1;", {"deleted": ["a"], "pairs": ["b"]}),
        ("map<string, M> a = 1;", "map<string, M> b = 1;", {"renamed": ["a>b"]}),
        ("map<string, M> a = 1;", "map<string, int32> b = 1;", {"added": ["b"], "deleted": ["a"]}),
        ("map<string, M> a = 1;", "map<string, int32> a = 1;", {"pairs": ["a"]}),
        ("map<int32, M> a = 1;", "map<int64, M> a = 1;", {"pairs": ["a"]}),
        ("map<string, M> a = 1; int32 b = 2;", "map<string, M> a = 1;", {"deleted": ["b"]}),
        ("oneof x { int32 a = 1; }", "oneof x { int32 b = 1; }", {"renamed": ["a>b"]}),
        (
            "oneof x { int32 a = 1; } oneof y { int32 b = 2; }",
            "oneof y { int32 a = 1; } oneof x { int32 b = 2; }",
            {"pairs": ["a", "b"]},
        ),
    ],
)
def test_fields(baseline: str, current: str, expected: dict[str, list[str]]) -> None:
    """A name, or number and type together, tell a field; one that only stands in another oneof is listed too."""
    comparison = compare(f"message M {{ {baseline} }}", f"message M {{ {current} }}")
    assert told(comparison.fields) == expected


@pytest.mark.parametrize(
    ("baseline", "current", "expected"),
    [
        ("oneof x { int32 a = 1; int32 b = 2; }", "oneof y { int32 a = 1; int32 b = 2; }", {"renamed": ["x>y"]}),
        ("oneof x { int32 a = 1; }", "oneof y { int32 a = 1; int32 c = 3; }", {"renamed": ["x>y"]}),
        ("oneof x { int32 a = 1; int32 b = 2; }", "oneof y { int32 a = 1; }", {"renamed": ["x>y"]}),
        ("oneof x { int32 a = 1; }", "oneof y { int32 b = 1; }", {"renamed": ["x>y"]}),
        ("oneof x { int32 a = 1; }", "oneof y { int32 c = 3; }", {"added": ["y"], "deleted": ["x"]}),
        (
            "oneof x { int32 a = 1; } int32 b = 2;",
            "oneof y { int32 a = 1; int32 b = 2; }",
            {"added": ["y"], "deleted": ["x"]},
        ),
        (
            "oneof x { int32 a = 1; int32 b = 2; }",
            "oneof x { int32 a = 1; } oneof y { int32 b = 2; }",
            {"added": ["y"]},
        ),
        (
            "oneof x { int32 a = 1; } oneof y { int32 b = 2; }",
            "oneof z { int32 a = 1; int32 b = 2; }",
            {"added": ["z"], "deleted": ["x", "y"]},
        ),
        ("oneof x { int32 a = 1; }", "optional int32 a = 1;", {"deleted": ["x"]}),
    ],
)
def test_oneofs(baseline: str, current: str, expected: dict[str, list[str]]) -> None:
    """A name, or exactly the same old members, tell a oneof."""
    comparison = compare(f"message M {{ {baseline} }}", f"message M {{ {current} }}")
    assert told(comparison.oneofs) == expected


def test_types_under_another_name() -> None:
    """A field of a renamed type is the same field under another name, in a map too."""
    types = "message {0} {{ int32 a = 1; int32 b = 2; }} message M {{ {0} {1} = 1; map<int32, {0}> {1}s = 2; }}"
    comparison = compare(types.format("Old", "x"), types.format("New", "y"))
    assert told(comparison.fields) == {"renamed": ["x>y", "xs>ys"]}
