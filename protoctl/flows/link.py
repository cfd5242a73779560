"""Link: keep what builds make installed in the environments of its consumers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import MachineError, UsageError
from protoctl.flows.build import choose
from protoctl.flows.idle import FOLDER
from protoctl.kit.text import plural
from protoctl.model.event import Event, Level
from protoctl.targets import load_linkers, load_target, target_names
from protoctl.targets.target import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from protoctl.flows.build import Choice
    from protoctl.model.artifact import Manifest
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace
    from protoctl.targets.target import Place

STORE = "link"
"""The folder below that of intermediate files in which linked code lies."""


class Links:
    """The environments that are kept up to date."""

    def __init__(self, root: Path, choice: Choice, folders: Iterable[Path], emit: Emit) -> None:
        """Take the workspace, what is built, and the environments; raises UsageError for a folder that is none."""
        self.choice = choice
        self.emit = emit
        self.places: list[tuple[Path, str, Place]] = []
        targets = choose(choice.targets, target_names(), "target")
        linkers = load_linkers()
        for folder in folders:
            names = [name for name, linker in linkers.items() if linker.is_mine(folder)]
            if not names:
                hint = "name a virtual environment, or a folder with package.json"
                raise UsageError(f"cannot link into {folder}", hint=hint)
            for name in names:
                if name not in targets:
                    raise UsageError(f"{folder} is for {name}, which is not built", hint=f"add --target {name}")
                store = root / FOLDER / STORE / name
                if store.resolve() != root.resolve() / FOLDER / STORE / name:
                    raise UsageError(f"{store} is a link", hint="remove it; what it leads to is not protoctl's")
                place = linkers[name].open_place(folder, store, emit)
                self.places.append((folder, name, place))

    def update(self, workspace: Workspace, manifest: Manifest) -> None:
        """Let each environment have what a build gave.

        Raises UsageError for packages that do not fit it, and MachineError where it cannot be written.
        """
        for folder, name, place in self.places:
            target = load_target(name, workspace.configuration)
            siblings = {target.distribution(workspace.configuration, module) for module in workspace.modules}
            listed = [one for one in manifest.artifacts if one.target == name]
            offers = [Offer(one.distribution, one.sha256, self.choice.out / one.path) for one in listed]
            try:
                place.update(offers, siblings, is_all=not self.choice.modules)
            except OSError as error:
                where = f": {error.filename}" if error.filename else ""
                raise MachineError(f"cannot link into {folder}: {error.strerror or error}{where}") from error

    def tell(self, manifest: Manifest) -> None:
        """Say what is linked where."""
        for folder, name, _ in self.places:
            count = len({one.distribution for one in manifest.artifacts if one.target == name})
            self.emit(Event(f"linked {plural(count, 'package')} into {folder}", Level.NOTE))
