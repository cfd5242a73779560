"""Verify: finished packages in the hands of strangers, before anybody else has them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ArtifactError, Interrupted, UsageError
from protoctl.kit.digest import digest_file
from protoctl.kit.files import write_tree
from protoctl.kit.process import end_all
from protoctl.kit.scratch import temporary_folder
from protoctl.kit.text import plural
from protoctl.model.event import Event, Level
from protoctl.model.trial import Fault, Trial, Verdict
from protoctl.packaging.manifest import FILE_NAME, read_manifest
from protoctl.reports.trials import render_trials
from protoctl.targets import load_gate, target_names
from protoctl.verification.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.flows.session import Options
    from protoctl.model.event import Emit


@dataclass(frozen=True)
class Order:
    """What to verify, and how."""

    paths: tuple[Path, ...]
    """Packages, and folders of packages such as `dist/`."""
    cache: Path
    """The user's cache folder."""
    offline: bool = False
    """Whether the network is out of bounds."""


def verify(order: Order, emit: Emit) -> Verdict:
    """Give what became of each package; raises UsageError for paths that hold none, MachineError."""
    files = [file for path in order.paths for file in find_files(path)]
    altered = [trial for path in order.paths for trial in compare_manifest(path)]
    gates = {name: load_gate(name) for name in target_names()}
    groups = {name: [file for file in files if gate.is_mine(file.name)] for name, gate in gates.items()}
    unknown = [file for file in files if not any(file in group for group in groups.values())]
    if unknown:
        raise UsageError(f"no package: {', '.join(map(str, unknown))}", hint="wheels, sdists and npm tarballs are")
    emit(Event(f"trying {plural(len(files), 'package')} as strangers do"))
    with temporary_folder("verify") as folder, ThreadPoolExecutor(len(groups)) as threads:
        running = []
        for target, group in groups.items():
            if group:
                scratch = folder / target
                scratch.mkdir()
                workbench = Workbench(order.cache, scratch, emit, order.offline)
                running.append(threads.submit(gates[target].verify, group, workbench))
        try:
            trials = [trial for one in running for trial in one.result()]
        except Interrupted as interrupted:
            end_all(interrupted)
            raise
    return Verdict(tuple(sorted([*altered, *trials], key=lambda trial: (trial.target, trial.module, trial.consumer))))


def find_files(path: Path) -> list[Path]:
    """Give the packages that a path stands for, sorted: itself, or all that a folder holds."""
    if path.is_file():
        return [path.absolute()]
    if not path.is_dir():
        raise UsageError(f"there is no {path}", hint="run `protoctl build` first, or name packages")
    found = [Path(folder, name) for folder, _, names in os.walk(path) for name in names if name != FILE_NAME]
    if not found:
        raise UsageError(f"{path} holds no package", hint="run `protoctl build` first, or name packages")
    return sorted(file.absolute() for file in found)


def compare_manifest(path: Path) -> Iterable[Trial]:
    """Give a failed trial for each file of a folder that is not as its manifest lists it."""
    for artifact in read_manifest(path).artifacts:
        file = path / artifact.path
        actual = digest_file(file) if file.is_file() else "missing"
        if actual != artifact.sha256:
            fault = Fault(f"is not the file that {FILE_NAME} lists", artifact.path, said=f"sha256 {actual}")
            yield Trial(artifact.target, artifact.module, FILE_NAME, (fault,))


def prove(files: Mapping[str, bytes], beside: Mapping[str, bytes], options: Options, emit: Emit) -> None:
    """Raise ArtifactError with a report unless packages pass that lie nowhere yet; `beside` is what they may need.

    Both are path below `dist/` to content.
    """
    with temporary_folder("gate") as folder:
        write_tree(folder, {**beside, **files})
        order = Order(tuple(folder / path for path in files), options.cache, options.offline)
        verdict = verify(order, emit)
    if verdict.failed:
        count = plural(len(verdict.failed), "trial")
        raise ArtifactError(f"{count} of the packages failed, and nothing was placed", said=render_trials(verdict))
    emit(Event(render_trials(verdict), Level.NOTE))
