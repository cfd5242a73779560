"""What an output language is to the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from protoctl.errors import MachineError
from protoctl.kit.digest import digest_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from protoctl.codegen.plugin import Job
    from protoctl.model.configuration import Configuration
    from protoctl.model.event import Emit
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


@dataclass(frozen=True)
class Offer:
    """One artifact for an environment."""

    distribution: str
    """As an index lists it."""
    sha256: str
    """Of the file."""
    path: Path
    """Where it is."""

    def read(self) -> bytes:
        """Give its content; raises MachineError when another build has replaced it meanwhile."""
        data = self.path.read_bytes()
        if digest_bytes(data) != self.sha256:
            raise MachineError(f"{self.path} was replaced meanwhile", hint="run again")
        return data


class Place(Protocol):
    """An environment in which packages of one output language are kept up to date."""

    def update(self, offers: Sequence[Offer], siblings: set[str], *, is_all: bool) -> None:
        """Let it have what is offered, each package exchanged as a whole, and tell what else it lacks.

        `siblings` are all distributions of the workspace. Where all of them are offered, those that were linked before
        and are no more are unlinked. Raises ProtoctlError and OSError.
        """
        ...


class Linker(Protocol):
    """What finds environments of an output language; the module `link.py` in the language's folder."""

    def is_mine(self, folder: Path) -> bool:
        """Tell whether a folder is an environment of this language."""
        ...

    def open_place(self, folder: Path, store: Path, emit: Emit) -> Place:
        """Give an environment; what is linked there may lie in the store. Raises UsageError for one that is broken."""
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
