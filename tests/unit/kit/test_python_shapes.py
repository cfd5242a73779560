"""Code fits shapes or is blamed, at the innermost place."""

from __future__ import annotations

import ast

import pytest

from protoctl.kit.python_shapes import Grammar

GRAMMAR = Grammar(
    module='''
"""Fixed."""
import json
PLACE.NAME_ = NUMBER_
VALUES = {TEXT_: PLACE}
class NAME_Thing(object):
    THING
if DOTTED_:
    raise RuntimeError(MESSAGE_)
''',
    blocks={"THING": "TEXT_\ndef KIND_(self):\n    RETURN", "RETURN": "return BYTES_\nreturn 1"},
    expressions={"PLACE": "root\nPLACE[TEXT_]"},
    words={"KIND_": "get|set"},
)


def blamed(text: str) -> list[tuple[int, str]]:
    """Give line and kind of what does not fit."""
    found = GRAMMAR.misfits(ast.parse(text).body, lambda one: isinstance(one, ast.ImportFrom))
    return [(one.lineno, type(one).__name__) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        '"""Fixed."""\nimport json\n',
        "from anywhere import anything",
        "root.x = 1",
        "root['a']['b'].x = 7",
        "VALUES = {}",
        "VALUES = {'a': root, 'b': root['c']}",
        "class BigThing(object):\n  'any'\n  def get(self):\n    return b'1'\n  def set(self):\n    return 1",
        "if a.b.c:\n  raise RuntimeError('a' + f'{b}' + 'c')",
    ],
)
def test_what_fits(text: str) -> None:
    assert blamed(text) == []


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ("'''Other.'''", 1, "Expr"),
        ("import os", 1, "Import"),
        ("import json as root", 1, "Import"),
        ("\nroot.x = True", 2, "Assign"),
        ("root.x = 1.0", 1, "Assign"),
        ("root.x = -1", 1, "Assign"),
        ("root.x = y = 1", 1, "Assign"),
        ("root.x: int = 1", 1, "AnnAssign"),
        ("root[1].x = 1", 1, "Assign"),
        ("root['a'].b['c'].x = 1", 1, "Assign"),
        ("VALUES = {**root}", 1, "Assign"),
        ("VALUES = {'a': evil()}", 1, "Assign"),
        ("class BigThing:\n  'any'", 1, "ClassDef"),
        ("@evil\nclass BigThing(object):\n  'any'", 2, "ClassDef"),
        ("class BigThing(object, metaclass=evil):\n  'any'", 1, "ClassDef"),
        ("class BigOther(object):\n  'any'", 1, "ClassDef"),
        ("class BigThing(object):\n  'any' + evil()\n  'any'", 2, "Expr"),
        ("class BigThing(object):\n  def get(self):\n    evil()", 3, "Expr"),
        ("class BigThing(object):\n  def get(self, x=evil()):\n    return 1", 2, "FunctionDef"),
        ("class BigThing(object):\n  def get(self) -> evil():\n    return 1", 2, "FunctionDef"),
        ("class BigThing(object):\n  def got(self):\n    return 1", 2, "FunctionDef"),
        ("class BigThing(object):\n  def get(self):\n    return 2", 3, "Return"),
        ("class BigThing(object):\n  async def get(self):\n    return 1", 2, "AsyncFunctionDef"),
        ("if a.b.c:\n  raise RuntimeError(f'{b.c}')", 1, "If"),
        ("if a.b.c:\n  raise RuntimeError(f'{b:{c}}')", 1, "If"),
        ("if a.b.c:\n  raise RuntimeError('a' % b)", 1, "If"),
        ("if a.b.c:\n  raise RuntimeError('a')\nelse:\n  evil()", 1, "If"),
        ("if evil().b:\n  raise RuntimeError('a')", 1, "If"),
    ],
)
def test_what_does_not(text: str, line: int, kind: str) -> None:
    assert blamed(text) == [(line, kind)]


def test_everything_that_does_not_fit_is_found() -> None:
    assert blamed("import os\nroot.x = 1\nimport sys\n") == [(1, "Import"), (3, "Import")]
