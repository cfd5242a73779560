"""The workspace: configuration, sources and modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from protoctl.kit.stamps import Stamp
from protoctl.model.configuration import Configuration
from protoctl.model.finding import Finding
from protoctl.model.tree import Tree


@dataclass(frozen=True)
class Module:
    """Protos that are built and versioned together."""

    name: str
    """Unique in the workspace, like `user`; underscores stay as the folder writes them."""
    folder: str
    """Below the proto root, like `acme/user`."""
    files: tuple[str, ...]
    """Paths below the proto root, sorted."""


@dataclass(frozen=True)
class Workspace:
    """A folder with `protoctl.toml`, read once."""

    root: Path
    """The folder, absolute."""
    configuration: Configuration
    """What `protoctl.toml` says."""
    modules: Mapping[str, Module]
    """By name, sorted."""
    sources: Tree
    """The protos of all modules by path below the proto root, newlines normalised."""
    strays: tuple[str, ...]
    """Protos that are in no module and not excluded."""
    refused: tuple[Finding, ...]
    """Files that cannot be taken: links, names, bytes."""
    unused: tuple[str, ...] = ()
    """Patterns of `workspace.exclude` that match nothing."""
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    """Path below the proto root to what the file system told of each file before it was read."""

    @cached_property
    def owners(self) -> dict[str, str]:
        """Path of a proto to the name of its module."""
        return {path: module.name for module in self.modules.values() for path in module.files}
