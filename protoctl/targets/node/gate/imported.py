"""What the code of a package imports: files of its own, and packages that it says it requires."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from protoctl.model.trial import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.targets.node.gate.package import Package

CODE = (".js", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts")
STATEMENT = re.compile(
    r"""^(?:import|export|\})(?:[^"'\n]*\sfrom)?\s*"([^"\n]+)";?$"""
    r"""|^(?!\s*(?:\*|//))[^\n]*\b(?:require|import)\("([^"\n]+)"\)""",
    re.MULTILINE,
)
"""A line that imports; generated code has each on a line of its own."""
BUILT_IN = "node:"


def find_imports(text: str) -> Iterator[tuple[str, int]]:
    """Give each specifier that code imports, with its line."""
    for found in STATEMENT.finditer(text):
        yield found[1] or found[2], text.count("\n", 0, found.end()) + 1


def package_of(specifier: str) -> str:
    """Give the package that a specifier lies in."""
    parts = specifier.split("/")
    return "/".join(parts[: 2 if specifier.startswith("@") else 1])


def judge_imports(package: Package) -> Iterator[Fault]:
    """Give a fault for each import of a file that is not there or of a package that is not required.

    With npm the latter may work by chance, because another package brings it.
    """
    known = {package.name, *package.requires}
    for path in sorted(package.files):
        if not path.endswith(CODE):
            continue
        for specifier, line in find_imports(package.files[path].decode(errors="replace")):
            if specifier.startswith("."):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
                if target not in package.files:
                    yield Fault(f"imports {specifier}, which is not there", path, line)
            elif not specifier.startswith(BUILT_IN) and package_of(specifier) not in known:
                yield Fault(f"imports {package_of(specifier)}, which package.json does not require", path, line)
