"""What it does when a field gets another message: its shape is looked at as deep as it goes, and once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from compiled import compile_texts

from protoctl.model.change import Effect, Effects
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import Comparison, compare_schemas
from protoctl.versioning.type_effects import enum_effects, shape_effects, type_effects

Judge = Callable[[Comparison, str, str], tuple[Effect, Effect]]
HEAD = 'syntax = "proto3"; package a;\n'
DEPTH = 600


def effects_of(types: str, before: str, now: str) -> list[Effects | None]:
    """Give the effects of each changed field of M, which has the same types around on both sides."""
    sides = (compile_texts({"a/a.proto": HEAD + types + f"message M {{ {one} }}"}) for one in (before, now))
    comparison = compare_schemas(*sides)
    return [type_effects(comparison, pair) for pair in comparison.fields.both]


def chain(name: str, last: str) -> str:
    """Give messages of which each holds the next twice."""
    links = [f"message {name}{at} {{ {name}{at + 1} x = 1; {name}{at + 1} y = 2; }}" for at in range(DEPTH)]
    return "\n".join([*links, f"message {name}{DEPTH} {{ {last} z = 1; }}"])


def test_deep_shapes() -> None:
    """A difference is found however deep it is, and what is met on many ways is looked at once."""
    types = chain("A", "int32") + chain("B", "string")
    [found] = effects_of(types, "A0 f = 1;", "B0 f = 1;")
    assert found == Effects(Effect.BREAK, Effect.BREAK, Effect.BREAK, Effect.BREAK)


def test_equal_deep_shapes() -> None:
    """Messages of the same shape throughout differ for code only."""
    types = chain("A", "int32") + chain("B", "int32")
    [found] = effects_of(types, "A0 f = 1;", "B0 f = 1;")
    assert found == Effects(Effect.SAFE, Effect.SAFE, Effect.BREAK, Effect.BREAK)


def test_shapes_that_meet_each_other() -> None:
    """Messages that hold each other are looked at once."""
    types = "message A { B b = 1; A a = 2; } message B { A b = 1; B a = 2; }"
    [found] = effects_of(types, "A f = 1;", "B f = 1;")
    assert found == Effects(Effect.SAFE, Effect.SAFE, Effect.BREAK, Effect.BREAK)


def test_enums_within() -> None:
    """Enums within are compared by the names that JSON writes."""
    types = (
        "message A { enum E { ZERO = 0; ONE = 1; } E e = 1; } message B { enum E { ZERO = 0; ONE = 1; } E e = 1; }"
        "message C { enum E { NULL = 0; ONE = 1; } E e = 1; }"
    )
    found = effects_of(types, "A same = 1; A other = 2;", "B same = 1; C other = 2;")
    assert [one and one[:2] for one in found] == [
        (Effect.CONDITIONAL, Effect.SAFE),
        (Effect.CONDITIONAL, Effect.BREAK),
    ]


@pytest.mark.parametrize(
    ("judge", "text", "expected"),
    [
        (shape_effects, "message A {}", (Effect.BREAK, Effect.BREAK)),
        (enum_effects, "enum A { Z = 0; }", (Effect.CONDITIONAL, Effect.BREAK)),
    ],
)
def test_unknown_type(judge: Judge, text: str, expected: tuple[Effect, Effect]) -> None:
    """What is missing in either schema, or in both, is taken for the worst."""
    known, empty = compile_texts({"a/a.proto": HEAD + text}), Schema({}, {})
    for sides in ((empty, empty), (known, empty), (empty, known)):
        assert judge(Comparison(*sides), "a.A", "a.A") == expected
