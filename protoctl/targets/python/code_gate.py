"""No generated file goes into a package unless everything in it is of a known shape and imports what is declared.

protoc's exit code says nothing about that: texts of protos have become statements (protobuf#28615, grpc#43022). The
gate looks at the text that is packed, wherever it comes from, a cache too. What it refuses is no fault that a rule
knows how to place in a proto, so it is an unusable artifact and not a refused source.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from protoctl.errors import ArtifactError
from protoctl.kit.dag import closure
from protoctl.kit.text import plural
from protoctl.targets.python.naming import module_path
from protoctl.targets.python.shapes import GRPC, MESSAGES
from protoctl.targets.python.stub_shapes import MODULES, stub_misfits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from protoctl.targets.target import Request

    Misfits = Callable[[Iterable[ast.stmt], Callable[[ast.stmt], bool]], list[ast.stmt]]

KINDS: dict[str, tuple[Misfits, frozenset[str]]] = {
    "_pb2.py": (MESSAGES.misfits, frozenset()),
    "_pb2_grpc.py": (GRPC.misfits, frozenset()),
    "_pb2.pyi": (stub_misfits, MODULES),
    "_pb2_grpc.pyi": (stub_misfits, MODULES),
}
"""Suffix of a file to what finds the misfits in it, and what it may import beside the modules of protos."""
ENCODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
"""What would make Python read the file otherwise (PEP 263), in its first two lines."""
SIZE_LIMIT = 64 << 20
"""Bytes of one file: what Python needs to read it is fifty times as much, here and wherever it is imported."""
SHOWN = 20


class Misfit(NamedTuple):
    """A place in a generated file."""

    line: int
    """From 1."""
    text: str
    """What stands there."""


def check_code(request: Request, code: Mapping[str, bytes], moved: Callable[[str], str]) -> None:
    """Raise ArtifactError with every place in generated files that is not as its generator is known to write.

    `moved` gives the path below the import prefix of a proto of the workspace.
    """
    wrong: list[str] = []
    for proto in request.module.files:
        needs = closure([proto], request.schema.needs)
        modules = {python_module(moved(path) if path in request.schema.owners else path) for path in needs}
        for suffix in KINDS:
            path = module_path(moved(proto)) + suffix
            found = find_misfits(suffix, code[path], modules) if path in code else []
            wrong += [f"{path}:{one.line}: {one.text} (from {proto})" for one in found]
    if wrong:
        more = [f"… and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        raise ArtifactError(
            f"{plural(len(wrong), 'place')} in the generated Python that no known generator writes",
            said="\n".join(wrong[:SHOWN] + more),
            hint="look there for text of the proto that became code; a new toolchain may need a new protoctl",
        )


def find_misfits(suffix: str, data: bytes, modules: Iterable[str]) -> list[Misfit]:
    """Give the places in a file of a kind that do not fit; `modules` are those of protos that it may import."""
    find, fixed = KINDS[suffix]
    known = fixed.union(modules)
    if len(data) > SIZE_LIMIT:
        return [Misfit(1, f"more than {SIZE_LIMIT >> 20} MiB")]
    try:
        text = data.decode()
        lines = text.split("\n")
        if any(mark[1] != "utf-8" for line in lines[:2] if (mark := ENCODING.match(line))):
            return [Misfit(1, "another encoding than UTF-8")]
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        return [Misfit(getattr(error, "lineno", None) or 1, f"{type(error).__name__}: {said}")]
    found = find(statements, lambda one: is_known_import(one, known))
    return [Misfit(one.lineno, ascii(lines[one.lineno - 1].strip()[:200])) for one in found]


def is_known_import(statement: ast.stmt, modules: frozenset[str]) -> bool:
    """Tell whether a statement imports known modules, or from them."""
    if isinstance(statement, ast.Import):
        return all(one.name in modules for one in statement.names)
    if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
        module = statement.module
        return all(module in modules or f"{module}.{one.name}" in modules for one in statement.names)
    return False


def python_module(proto: str) -> str:
    """Give the dotted name of a proto's module."""
    return module_path(proto).replace("/", ".") + "_pb2"
