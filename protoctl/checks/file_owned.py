"""Nothing is shipped that another distribution owns: whoever loads both gets a TypeError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule
from protoctl.workspace.imports import read_package
from protoctl.workspace.known_owners import PACKAGES, find_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

FILE = Rule("file-owned", "No file has the path of one that another distribution owns")
PACKAGE = Rule("package-owned", "No file adds to a proto_package that another distribution owns")
RULES = (FILE, PACKAGE)


def find(context: Context) -> Iterator[Finding]:
    """Report files at paths, and in proto_packages, that a dependency or a well-known distribution has."""
    for path, text in context.texts.items():
        owner = find_owner(path)
        package = read_package(text)
        if path in context.foreign:
            yield FILE.on(path, 1, 1, f"{context.distribution_of(path)} owns this file; leave it out of the workspace")
        elif owner:
            yield FILE.on(
                path, 1, 1, f"{owner.distribution} owns this file; {advice(owner.advice, owner.distribution)}"
            )
        elif package.name in PACKAGES or package.name in context.foreign_packages:
            name = PACKAGES.get(package.name) or context.distribution_of(context.foreign_packages[package.name])
            message = f"proto_package {package.name} belongs to {name}; symbols can be registered only once"
            yield PACKAGE.on(path, package.line, package.column, message)


def advice(pattern: str, distribution: str) -> str:
    """Say what to do about a file of a well-known distribution."""
    if not pattern:
        return "leave it out of the workspace"
    return f'leave it out and add to [dependencies]: "{pattern}" = {{ python = "{distribution}" }}'
