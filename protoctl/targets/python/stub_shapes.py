"""What mypy-protobuf 3.6 to 5.1 writes: imports, classes, functions without code, annotations; nothing computes.

A `.pyi` file never runs, so the parts of annotations are not held to an order as statements of a `.py` file are.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MODULES = frozenset(
    {
        *("abc", "builtins", "collections.abc", "concurrent.futures", "sys", "typing", "typing_extensions", "warnings"),
        *("google.protobuf.descriptor", "google.protobuf.message", "google.protobuf.service"),
        *(f"google.protobuf.internal.{name}" for name in ("containers", "enum_type_wrapper", "extension_dict")),
        *("google.protobuf.internal.well_known_types", "grpc", "grpc.aio"),
    }
)
"""What the plugin imports beside the modules of protos."""
TYPING = frozenset({"typing", "typing_extensions", "warnings"})
"""Where types come from, of which older Pythons have fewer."""
MAKERS = frozenset({"NewType", "TypeVar"})
"""What may be called to make a type."""


def stub_misfits(statements: Iterable[ast.stmt], is_allowed: Callable[[ast.stmt], bool]) -> list[ast.stmt]:
    """Give the statements of a `.pyi` that are none of its kinds; `is_allowed` is asked about imports at the top."""
    found: list[ast.stmt] = []
    for one in statements:
        if isinstance(one, ast.Import | ast.ImportFrom):
            wrong: ast.stmt | None = None if is_allowed(one) else one
        elif isinstance(one, ast.If):
            wrong = None if is_version_check(one) else one
        else:
            wrong = misfit(one)
        if wrong:
            found.append(wrong)
    return found


def misfit(statement: ast.stmt) -> ast.stmt | None:
    """Give the statement, or one inside it, that no stub needs; None when all fits."""
    match statement:
        case ast.AnnAssign(target=ast.Name(), annotation=annotation, value=value):
            fits = is_type(annotation) and (value is None or is_type(value))
        case ast.Expr(value=ast.Constant(value=value)):
            fits = isinstance(value, str) or value is Ellipsis
        case ast.FunctionDef(decorator_list=decorators, args=arguments, returns=returns, body=[ast.Expr() as body]):
            fits = is_declaration(decorators, arguments, returns) and misfit(body) is None
        case ast.ClassDef(bases=bases, keywords=keywords, decorator_list=decorators, body=body):
            fits = all(map(is_type, bases)) and all(is_metaclass(one) for one in keywords)
            fits = fits and all(map(is_decorator, decorators))
            inner = next((wrong for one in body if (wrong := misfit(one))), None)
            return inner if fits else statement
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Attribute(attr=name), args=args, keywords=words)):
            fits = name in MAKERS and all(map(is_type, (*args, *(one.value for one in words))))
        case ast.Assign(targets=[ast.Name()], value=value):
            fits = is_type(value)
        case _:
            fits = False
    return None if fits else statement


def is_type(node: ast.expr) -> bool:
    """Tell whether an expression is a type: names, constants, `a.b`, `a[b, c]` and `a | b`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name | ast.Constant):
        return True
    if isinstance(node, ast.Subscript):
        return is_type(node.value) and is_type(node.slice)
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(is_type, node.elts))
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and is_type(node.left) and is_type(node.right)


def is_declaration(decorators: list[ast.expr], arguments: ast.arguments, returns: ast.expr | None) -> bool:
    """Tell whether a function has harmless decorators, annotations, and `...` for every default."""
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    annotations = (*(one.annotation for one in every), returns)
    defaults = (*arguments.defaults, *arguments.kw_defaults)
    return (
        all(map(is_decorator, decorators))
        and all(one is None or is_type(one) for one in annotations)
        and all(one is None or (isinstance(one, ast.Constant) and one.value is Ellipsis) for one in defaults)
        and not arguments.vararg
        and not arguments.kwarg
    )


def is_decorator(node: ast.expr) -> bool:
    """Tell whether a decorator is a name, or `_deprecated` with its message."""
    match node:
        case ast.Call(func=ast.Name(id="_deprecated"), args=[ast.Constant(value=str())], keywords=[]):
            return True
        case _:
            return isinstance(node, ast.Name | ast.Attribute) and is_type(node)


def is_metaclass(keyword: ast.keyword) -> bool:
    """Tell whether a class's keyword names its metaclass."""
    return keyword.arg == "metaclass" and is_type(keyword.value)


def is_version_check(statement: ast.If) -> bool:
    """Tell whether a condition is on Python's version, and chooses where types are imported from."""
    match statement.test:
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id="sys"), attr="version_info"),
            ops=[ast.GtE()],
            comparators=[ast.Tuple(elts=numbers)],
        ):
            imports = (*statement.body, *statement.orelse)
            return all(isinstance(one, ast.Constant) for one in numbers) and all(map(is_typing_import, imports))
        case _:
            return False


def is_typing_import(statement: ast.stmt) -> bool:
    """Tell whether a statement imports types."""
    if isinstance(statement, ast.Import):
        return all(one.name in TYPING for one in statement.names)
    return isinstance(statement, ast.ImportFrom) and statement.module in TYPING and not statement.level
