"""Output languages, one folder each; found by listing this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protoctl.model.configuration import Configuration
    from protoctl.targets.target import Gate, Linker, Target


def target_names() -> list[str]:
    """Give every output language, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)


def load_target(name: str, configuration: Configuration) -> Target:
    """Give one output language for a workspace."""
    target: Target = import_module(f"{__name__}.{name}.target").make(configuration)
    return target


def load_gate(name: str) -> Gate:
    """Give what tries the packages of one output language."""
    gate: Gate = import_module(f"{__name__}.{name}.gate.verify")
    return gate


def load_linkers() -> dict[str, Linker]:
    """Give output language to what keeps its packages in environments, for those that have it."""
    names = [name for name in target_names() if find_spec(f"{__name__}.{name}.link")]
    return {name: import_module(f"{__name__}.{name}.link") for name in names}
