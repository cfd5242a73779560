"""No two protos are one file somewhere: on a file system, or as a Python module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule
from protoctl.workspace.sources import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

CASE = Rule("path-case", "No two paths differ only by case")
MODULE = Rule("path-module", "No two files become the same Python module, and no folder is one")
RULES = (CASE, MODULE)


def find(context: Context) -> Iterator[Finding]:
    """Report every file that is one with an earlier one."""
    paths = sorted([*context.workspace.sources.files, *context.workspace.strays])
    for path, other in pairs(paths, fold):
        yield CASE.on(path, 1, 1, f"differs from {other} only by case; some file systems hold one of them only")
    for path, other in pairs(paths, python_module):
        yield MODULE.on(path, 1, 1, f"becomes the Python module {python_module(path)}, and so does {other}")
    made = {python_module(path) + suffix: path for path in paths for suffix in ("", "_grpc")}
    for path in paths:
        folders = path.replace("-", "_").split("/")[:-1]
        names = (".".join(folders[:end]) for end in range(1, len(folders) + 1))
        name = next((name for name in names if name in made), "")
        if name:
            message = f"lies in the folder {name}, and {made[name]} becomes the Python module of this name"
            yield MODULE.on(path, 1, 1, message)


def pairs(paths: Iterable[str], key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Give each path whose key an earlier one has, with that one."""
    first: dict[str, str] = {}
    for path in paths:
        other = first.setdefault(key(path), path)
        if other != path:
            yield path, other


def python_module(path: str) -> str:
    """Give the module that protoc makes of a path."""
    return path.removesuffix(".proto").replace("-", "_").replace("/", ".") + "_pb2"
