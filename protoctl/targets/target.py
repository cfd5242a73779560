"""What an output language is to the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from protoctl.codegen.plugin import Job
    from protoctl.model.configuration import Configuration
    from protoctl.model.toolchain import Lock
    from protoctl.model.tree import Tree
    from protoctl.model.trial import Trial
    from protoctl.model.workspace import Module
    from protoctl.schema.view import Schema
    from protoctl.verification.workbench import Workbench
    from protoctl.versioning.release import Release


@dataclass(frozen=True)
class Request:
    """One module to be made into packages."""

    module: Module
    """What is made."""
    configuration: Configuration
    """Of the workspace."""
    lock: Lock
    """The toolchain's pins, without the components that only other modules need."""
    schema: Schema
    """Of the whole workspace."""
    sources: Mapping[str, bytes]
    """The module's protos by path."""
    license_text: bytes
    """The workspace's LICENSE file, empty when it has none."""
    releases: Mapping[str, Release]
    """The version of every module."""
    descriptors: bytes
    """The module's compiled schema as it is embedded."""
    record: bytes
    """The build record as it is embedded, JSON."""


class Target(Protocol):
    """An output language."""

    name: str
    """As `--target` takes it; also the folder below `dist/`."""
    components: tuple[str, ...]
    """The parts of the toolchain it needs."""

    def distribution(self, configuration: Configuration, module: str) -> str:
        """Give the package's name as an index lists it; raises ConfigurationError for an impossible one."""
        ...

    def version(self, release: Release) -> str:
        """Give the spelling of a version in this language."""
        ...

    def jobs(self, request: Request) -> list[Job]:
        """Give what has to be generated for a module."""
        ...

    def stage(self, request: Request, outputs: Mapping[str, Tree]) -> Tree:
        """Give everything that goes into the package, by plugin name → output of the module's jobs."""
        ...

    def pack(self, stage: Tree, folder: Path) -> Sequence[Path]:
        """Write the artifacts of a staged package into an existing folder and give their paths."""
        ...


class Gate(Protocol):
    """What tries finished packages of an output language; the module `gate/verify.py` in the language's folder."""

    def is_mine(self, name: str) -> bool:
        """Tell by its name whether a file is a package of this language."""
        ...

    def verify(self, files: Sequence[Path], workbench: Workbench) -> list[Trial]:
        """Hand files to the consumers of this language, all together and each for itself, and give what became of it.

        Requirements that are among the files, or lie beside them, are taken from there, the rest from the index. A
        package that fails is a trial with faults; raises MachineError only when the trials themselves cannot be made.
        """
        ...
