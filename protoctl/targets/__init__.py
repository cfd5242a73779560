"""Output languages, one folder each; found by listing this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module
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


def load_linker(name: str) -> Linker:
    """Give what keeps packages of one output language in an environment."""
    linker: Linker = import_module(f"{__name__}.{name}.link")
    return linker
