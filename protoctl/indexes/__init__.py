"""Package indexes, one file for each kind; found by listing this folder, whose folders are no kinds."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from protoctl.indexes.access.exchange import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from protoctl.model.configuration import Configuration
    from protoctl.model.index import Index


@dataclass(frozen=True)
class Surroundings:
    """Where an index is asked from."""

    root: Path
    """The workspace's folder, which paths are relative to."""
    environment: Mapping[str, str]
    """Variables with credentials, proxies and authorities."""
    limits: Limits = field(default_factory=Limits)
    """What a server may take."""


def index_kinds() -> list[str]:
    """Give every kind of index, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.ispkg)


def load_index(name: str, configuration: Configuration, surroundings: Surroundings) -> Index:
    """Give a configured index; raises ConfigurationError for an address that it cannot have."""
    table = configuration.indexes[name]
    index: Index = import_module(f"{__name__}.{table.kind}").make(name, table, surroundings)
    return index
