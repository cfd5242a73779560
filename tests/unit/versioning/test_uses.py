"""Types too small to be told by their shape are told by those who use them."""

from __future__ import annotations

import pytest
from compiled import compile_texts

from protoctl.versioning.comparison import compare_schemas

HEAD = 'syntax = "proto3"; package a;\n'


def renames(baseline: str, current: str) -> dict[str, str]:
    """Give what is known to have another name, between two bodies of a proto."""
    return compare_schemas(*(compile_texts({"a/a.proto": HEAD + one}) for one in (baseline, current))).renames


@pytest.mark.parametrize(
    ("baseline", "current", "expected"),
    [
        (
            "message A { int32 x = 1; } message M { A a = 1; repeated A b = 2; map<string, A> c = 3; }",
            "message B { int32 x = 1; } message M { B a = 1; repeated B b = 2; map<string, B> c = 3; }",
            {"a.A": "a.B"},
        ),
        (
            "message A {} message R {} service S { rpc Get(A) returns (R); }",
            "message B {} message T {} service S { rpc Get(B) returns (T); }",
            {"a.A": "a.B", "a.R": "a.T"},
        ),
        (
            "message M { enum A { Z = 0; } A a = 1; }",
            "message M { enum B { Z = 0; } B a = 1; }",
            {"a.M.A": "a.M.B"},
        ),
    ],
)
def test_same_users(baseline: str, current: str, expected: dict[str, str]) -> None:
    """What all fields and methods use instead, and is the same but for its name, is the same."""
    assert renames(baseline, current) == expected


@pytest.mark.parametrize(
    ("baseline", "current"),
    [
        ("message A { int32 x = 1; } message M {}", "message B { int32 x = 1; } message M {}"),
        ("message A { int32 x = 1; } message M { A a = 1; }", "message B { int64 x = 1; } message M { B a = 1; }"),
        ("message A { int32 x = 1; } message M { A a = 1; }", "message B { int32 x = 1; } message M { B b = 1; }"),
        (
            "message A { int32 x = 1; } message M { A a = 1; A b = 2; }",
            "message B { int32 x = 1; } message C { int32 x = 1; } message M { B a = 1; C b = 2; }",
        ),
        (
            "message A { int32 x = 1; } message B { int32 x = 1; } message M { A a = 1; B b = 2; }",
            "message C { int32 x = 1; } message M { C a = 1; C b = 2; }",
        ),
        (
            "message A { int32 x = 1; } message K { int32 x = 1; } message M { A a = 1; K b = 2; }",
            "message C { int32 x = 1; } message K { int32 x = 1; } message M { C a = 1; C b = 2; }",
        ),
    ],
    ids=["unused", "other shape", "other users", "two followers", "two leaders", "a leader that stays"],
)
def test_uncertain(baseline: str, current: str) -> None:
    """Nobody uses it, it is another one, users disagree, or several became one."""
    assert renames(baseline, current) == {}
