"""Trials that passed before: the same programs with the same packages come to the same, so they are not run again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.kit.digest import digest_bytes, digest_json, digest_mapping
from protoctl.kit.files import read_tree, write_atomic
from protoctl.targets.node.gate.program import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from protoctl.targets.node.gate.package import Package
    from protoctl.verification.workbench import Workbench


@dataclass(frozen=True)
class Passes:
    """What is known of trials; failures are not kept, so that each is seen again."""

    workbench: Workbench
    """Its cache keeps a file for each."""

    @cached_property
    def programs(self) -> str:
        """The digest of everything that a trial is made with but packages and Node."""
        return digest_json([digest_mapping(read_tree(PROGRAMS)), self.workbench.tools.name])

    def key(self, kind: str, packages: Iterable[Package], environment: Path, *parts: str) -> str:
        """Give the key of a trial: what is tried, with the packages of others that a folder of the cache holds."""
        contents = sorted(package.digest for package in packages)
        details = [digest_bytes(one.encode()) for one in parts]
        return digest_json([kind, self.programs, contents, environment.name, *details])

    def file(self, key: str) -> Path:
        """Give the file that stands for a trial that passed."""
        return self.workbench.folder("node-passes") / key

    def is_known(self, key: str) -> bool:
        """Tell whether a trial passed before."""
        return self.file(key).is_file()

    def keep(self, key: str) -> None:
        """Remember that a trial passed."""
        write_atomic(self.file(key), b"")
