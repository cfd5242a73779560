"""Pipelines, one file for each CI system and its template beside it; found by listing this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from protoctl.ci.pipeline import Pipeline

NO_SYSTEMS = {"pipeline", "commands"}
"""Files that all systems share."""


class System(Protocol):
    """A CI system."""

    PATH: str
    """Where it looks for its pipeline, below the repository."""

    def render(self, pipeline: Pipeline) -> str:
        """Give the text of the file, with a final newline."""
        ...


def system_names() -> list[str]:
    """Give every CI system, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name not in NO_SYSTEMS)


def load_system(name: str) -> System:
    """Give a CI system by the name of its file."""
    system: System = import_module(f"{__name__}.{name}")
    return system
