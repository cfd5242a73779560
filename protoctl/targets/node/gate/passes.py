"""What trials came to before: the same programs with the same packages come to the same, so they are not run again."""

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

PASSED = "passed"


@dataclass(frozen=True)
class Passes:
    """What is known of trials; faults are not kept, so that each is seen again with all that was said."""

    workbench: Workbench
    """Its cache keeps a file for each."""

    @cached_property
    def programs(self) -> str:
        """The digest of everything that a trial is made with but packages and Node: this folder and the programs."""
        own = {path: data for path, data in read_tree(PROGRAMS.parent).items() if not path.endswith(".pyc")}
        return digest_json([digest_mapping(own), self.workbench.tools.name])

    def key(self, kind: str, packages: Iterable[Package], environment: Path, *parts: str) -> str:
        """Give the key of a trial: what is tried, with the packages of others that a folder of the cache holds."""
        contents = sorted(package.digest for package in packages)
        details = [digest_bytes(one.encode()) for one in parts]
        return digest_json([kind, self.programs, contents, environment.name, *details])

    def file(self, key: str) -> Path:
        """Give the file that stands for a trial."""
        return self.workbench.folder("node-passes") / key

    def is_known(self, key: str) -> bool:
        """Tell whether a trial came to something before."""
        return self.file(key).is_file()

    def recall(self, key: str) -> str:
        """Give the word that was kept for a trial; nothing when there is none."""
        try:
            return self.file(key).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def keep(self, key: str, word: str = PASSED) -> None:
        """Remember what a trial came to."""
        write_atomic(self.file(key), word.encode())
