"""Packages in the `node_modules` of a project, kept up to date.

They are folders and not links: Node looks for what a package requires from where its files really are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from protoctl.errors import ArtifactError, MachineError, UsageError
from protoctl.kit.archive import UnsafeArchiveError, read_tar
from protoctl.kit.trees import replace_tree
from protoctl.packaging.embedded import SIZE_LIMIT
from protoctl.targets.lack import Lack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.model.event import Emit
    from protoctl.targets.target import Offer

ROOT = "package/"
METADATA = "package.json"
MODULES = "node_modules"


def is_mine(folder: Path) -> bool:
    """Tell whether a folder is a project of Node."""
    return (folder / METADATA).is_file()


def open_place(folder: Path, store: Path, emit: Emit) -> NodePlace:
    """Give a project; nothing of it lies in a store."""
    del store
    return NodePlace(folder, emit)


class NodePlace:
    """A project with a `package.json`."""

    def __init__(self, folder: Path, emit: Emit) -> None:
        """Take its folder, and whom to tell what is missing."""
        self.folder = folder
        self.linked: dict[str, tuple[str, dict[str, str]]] = {}
        self.lack = Lack(folder, emit)

    def update(self, offers: Sequence[Offer], siblings: set[str], *, is_all: bool) -> None:
        """Place what is not there as it is now; what the workspace no longer has stays until `npm prune`.

        Raises UsageError, ArtifactError, MachineError and OSError.
        """
        del is_all
        if not is_mine(self.folder):
            raise UsageError(f"{self.folder} is not the project that it was", hint="start again")
        for offer in offers:
            target = self.folder / MODULES / offer.distribution
            digest, _ = self.linked.get(offer.distribution, ("", None))
            if digest != offer.sha256 or not (target / METADATA).is_file():
                self.linked[offer.distribution] = offer.sha256, self.place(offer, target)
        self.tell_missing(siblings)

    def place(self, offer: Offer, target: Path) -> dict[str, str]:
        """Let a folder of `node_modules` be the package, and give what that requires."""
        for path in (target.parent, target):
            if path.is_symlink():
                hint = "remove it; a package manager that links into its store would have the store changed"
                raise MachineError(f"{path} is a link", hint=hint)
        try:
            files = read_tar(offer.read(), limit=SIZE_LIMIT)
            inner = {path.removeprefix(ROOT): data for path, data in files.items()}
            requires = dict(json.loads(inner[METADATA]).get("dependencies", {}))
        except (UnsafeArchiveError, KeyError, ValueError) as error:
            raise ArtifactError(f"cannot be read: {error}", where=offer.path.name) from error
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_tree(target, inner)
        return requires

    def tell_missing(self, siblings: set[str]) -> None:
        """Say once what has to be installed beside the packages."""
        required = {name: bound for _, requires in self.linked.values() for name, bound in requires.items()}
        absent = sorted(name for name in required if not self.is_there(name))
        unlinked = [name for name in absent if name in siblings]
        wanted = [f"{name}@{required[name]}" for name in absent if name not in siblings]
        self.lack.tell(["npm", "--prefix", str(self.folder), "install"], wanted, unlinked)

    def is_there(self, name: str) -> bool:
        """Tell whether Node would find a package, in the project or in a folder above it."""
        return any((one / MODULES / name / METADATA).is_file() for one in (self.folder, *self.folder.parents))
