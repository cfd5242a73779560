"""How protoc names Python modules and where their names live."""

from __future__ import annotations

import re


def module_path(proto: str) -> str:
    """Give the path of a proto's generated module without suffix: `a-b/c.proto` becomes `a_b/c`."""
    return proto.removesuffix(".proto").replace("-", "_")


def import_line(proto: str, suffix: str = "_pb2") -> str:
    """Give the statement that imports a proto's generated module."""
    parent, _, name = module_path(proto).rpartition("/")
    return f"from {parent.replace('/', '.')} import {name}{suffix}" if parent else f"import {name}{suffix}"


def module_name(proto: str, suffix: str = "_pb2") -> str:
    """Give the last part of a proto's generated module."""
    return module_path(proto).rpartition("/")[2] + suffix


def outputs(proto: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """Give the paths that generators may write for a proto."""
    return tuple(module_path(proto) + suffix for suffix in suffixes)


def normalise(name: str) -> str:
    """Give a distribution's name in the form that indexes compare (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
