"""Python code held to an allow-list of shapes, which are themselves written in Python.

A shape is a statement in which some names stand for whatever fits them:

- `TEXT_` for a string, `BYTES_`, `NUMBER_`; `DOTTED_` for `a` or `a.b.c`; `MESSAGE_` for strings put together
- a name of `expressions` for any of the shapes that it stands for
- `NAME_` in an identifier for letters, digits and `_`, and a key of `words` for what its pattern matches
- a name of `blocks` alone in a body for any number of statements, each of the block's shapes
- a dictionary with one entry for any number of such entries
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Matcher = Callable[[Any], bool]

IGNORED = {"ctx", "type_comment", "type_ignores", "kind"}
"""Fields of nodes that say nothing about what the code does."""
NAME = "NAME_"


@dataclass(frozen=True)
class Shape:
    """What a statement may be."""

    head: Matcher
    """Whether a statement is this one, its body aside."""
    block: str = ""
    """The shapes of what is in its body; without one, `head` judges the body too."""


@dataclass(frozen=True)
class Grammar:
    """The shapes of one kind of file."""

    module: str
    """What may stand at the top, in any order and any number."""
    blocks: Mapping[str, str] = field(default_factory=dict)
    """Names of blocks to what may stand in them."""
    expressions: Mapping[str, str] = field(default_factory=dict)
    """Names to shapes, each an expression statement; a shape may use its own name."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Parts of identifiers to regular expressions."""

    @cached_property
    def tables(self) -> dict[str, dict[type[ast.stmt], list[Shape]]]:
        """The shapes of the module, under no name, and of each block, by kind of statement."""
        compiler = Compiler(self)
        tables: dict[str, dict[type[ast.stmt], list[Shape]]] = {}
        for name, text in {"": self.module, **self.blocks}.items():
            tables[name] = {}
            for statement in ast.parse(text).body:
                tables[name].setdefault(type(statement), []).append(compiler.shape(statement))
        return tables

    def misfits(
        self, statements: Iterable[ast.stmt], is_allowed: Callable[[ast.stmt], bool], block: str = ""
    ) -> list[ast.stmt]:
        """Give the statements of a block that have no known shape, the innermost that can be blamed.

        `is_allowed` is asked about those at the top that fit no shape.
        """
        found = [(one, self.misfit(one, block)) for one in statements]
        return [inner for one, inner in found if inner and not is_allowed(one)]

    def misfit(self, statement: ast.stmt, block: str) -> ast.stmt | None:
        """Give the statement, or one inside it, that fits no shape; None when all fits."""
        blamed = statement
        for shape in self.tables[block].get(type(statement), ()):
            if not shape.head(statement):
                continue
            body: Sequence[ast.stmt] = getattr(statement, "body", ())
            inner = (self.misfit(one, shape.block) for one in body) if shape.block else ()
            wrong = next((one for one in inner if one), None)
            if not wrong:
                return None
            blamed = wrong
        return blamed


class Compiler:
    """Turns shapes into functions."""

    def __init__(self, grammar: Grammar) -> None:
        """Take the grammar whose names shapes may use."""
        self.grammar = grammar
        self.expressions: dict[str, list[Matcher]] = {}

    def shape(self, statement: ast.stmt) -> Shape:
        """Give a statement as a shape."""
        body = getattr(statement, "body", [])
        name = body[0].value.id if len(body) == 1 and is_bare_name(body[0]) else ""
        if name in self.grammar.blocks:
            return Shape(self.node(statement, {"body"}), name)
        return Shape(self.node(statement))

    def value(self, value: object) -> Matcher:
        """Give the function for a part of a shape: a node, a list of parts, an identifier or a constant."""
        if isinstance(value, ast.Name) and (known := self.named(value.id)):
            return known
        if isinstance(value, ast.Dict) and len(value.keys) == 1:
            return every_entry(self.value(value.keys[0]), self.value(value.values[0]))
        if isinstance(value, ast.AST):
            return self.node(value)
        if isinstance(value, list):
            return each([self.value(one) for one in value])
        return self.identifier(value) if isinstance(value, str) else equal(value)

    def node(self, node: ast.AST, skipped: set[str] | None = None) -> Matcher:
        """Give the function for a node: the same kind, each field fitting."""
        kind = type(node)
        left = IGNORED | (skipped or set())
        fields = [(name, self.value(value)) for name, value in ast.iter_fields(node) if name not in left]

        def match(other: object) -> bool:
            if type(other) is not kind:
                return False
            for name, fits in fields:  # noqa: SIM110  a third quicker than `all`, and this is half of the gate's time
                if not fits(getattr(other, name)):
                    return False
            return True

        return match

    def named(self, name: str) -> Matcher | None:
        """Give the function for a name that stands for expressions."""
        if name in PLACEHOLDERS:
            return PLACEHOLDERS[name]
        if name not in self.grammar.expressions:
            return None
        if name not in self.expressions:
            self.expressions[name] = []  # filled below, for shapes that use their own name
            parsed = ast.parse(self.grammar.expressions[name]).body
            self.expressions[name] += [self.value(one.value) for one in parsed if isinstance(one, ast.Expr)]
        return one_of(self.expressions[name])

    def identifier(self, text: str) -> Matcher:
        """Give the function for an identifier, or a string that is part of the code."""
        words = {NAME: r"\w+", **{name: f"(?:{pattern})" for name, pattern in self.grammar.words.items()}}
        parts = re.split("(" + "|".join(words) + ")", text)
        if len(parts) == 1:
            return equal(text)
        pattern = re.compile("".join(words.get(part, re.escape(part)) for part in parts))
        return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def is_bare_name(statement: ast.stmt) -> bool:
    """Tell whether a statement is nothing but a name."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name)


def equal(expected: object) -> Matcher:
    """Give the function for a constant; 1, 1.0 and True are three things."""
    kind = type(expected)
    return lambda value: type(value) is kind and bool(value == expected)


def each(matchers: Sequence[Matcher]) -> Matcher:
    """Give the function for a list of so many parts."""
    count = len(matchers)

    def match(values: Sequence[object]) -> bool:
        if len(values) != count:
            return False
        for fits, value in zip(matchers, values, strict=True):  # noqa: SIM110  as above
            if not fits(value):
                return False
        return True

    return match


def one_of(matchers: Sequence[Matcher]) -> Matcher:
    """Give the function for any of several, which may still be added."""

    def match(value: object) -> bool:
        for fits in matchers:  # noqa: SIM110  as above
            if fits(value):
                return True
        return False

    return match


def every_entry(key: Matcher, value: Matcher) -> Matcher:
    """Give the function for a dictionary whose entries are all alike."""

    def match(node: object) -> bool:
        return isinstance(node, ast.Dict) and all(map(key, node.keys)) and all(map(value, node.values))

    return match


def constant(kind: type) -> Matcher:
    """Give the function for any constant of a type."""
    return lambda node: isinstance(node, ast.Constant) and type(node.value) is kind


def is_dotted(node: object) -> bool:
    """Tell whether an expression is a name or an attribute of such."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def is_message(node: object) -> bool:
    """Tell whether an expression is a string, one with names in it, or several put together."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and is_message(node.left) and is_message(node.right)
    if isinstance(node, ast.JoinedStr):
        return all(isinstance(one, ast.Constant) or is_plain(one) for one in node.values)
    return constant(str)(node)


def is_plain(node: ast.expr) -> bool:
    """Tell whether a part of a formatted string is a name without a format."""
    return isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name) and not node.format_spec


PLACEHOLDERS: dict[str, Matcher] = {
    "TEXT_": constant(str),
    "BYTES_": constant(bytes),
    "NUMBER_": constant(int),
    "DOTTED_": is_dotted,
    "MESSAGE_": is_message,
}
