"""Lock: resolve the toolchain and write `protoctl.lock` and `build/`, or say whether they are current."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protoctl.errors import LockError, NewerLockError
from protoctl.model.event import Event, Level
from protoctl.toolchain.lock_file import FILE_NAME, find_drift, read_lock, write_lock
from protoctl.toolchain.resolve import resolve
from protoctl.workspace.configuration_file import read_configuration

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.toolchain import Lock
    from protoctl.model.workspace import Workspace


@dataclass(frozen=True)
class Move:
    """A pin that differs between two locks."""

    component: str
    """Who needs the package."""
    name: str
    """As its index lists it."""
    old: str
    """The versions before, nothing when it was not locked."""
    new: str
    """The versions now, nothing when it is gone."""


@dataclass(frozen=True)
class Result:
    """What was locked."""

    digest: str
    """Of the toolchain."""
    image: str
    """The toolchain's image as it is locked, nothing while it is only local."""
    moves: tuple[Move, ...]
    """Sorted by component and name."""
    changed: bool
    """Whether a file was written."""


def lock(root: Path, emit: Emit, *, upgrade: bool) -> Result:
    """Make the lock of a workspace current, with the newest versions when upgraded.

    Nothing is written unless everything was resolved. A lock that cannot be read is made anew, unless a later protoctl
    wrote it. Raises ConfigurationError, NewerLockError and MachineError.
    """
    configuration = read_configuration(root)
    old = read_old(root, emit)
    drift = find_drift(old, configuration, root) if old else "there is none"
    if old and not drift and not upgrade:
        return Result(old.digest, old.image.reference, (), changed=False)
    emit(Event("asking the indexes for the newest toolchain" if upgrade else f"{FILE_NAME} is not current: {drift}"))
    new, files = resolve(root, configuration, old, upgrade=upgrade)
    changed = bool(drift) or new != old
    if changed:
        write_lock(root, new, files)
    if old and old.image.reference and not new.image.reference:
        emit(
            Event("the locked image is of the old toolchain; `protoctl lock --image` makes the new one", Level.WARNING)
        )
    return Result(new.digest, new.image.reference, find_moves(old, new), changed)


def with_image(result: Result, workspace: Workspace, options: Options, emit: Emit) -> Result:
    """Build the image of the lock that was just made, and give the result with its reference."""
    from protoctl.flows.image import build_image

    reference = build_image(workspace, options, emit).image.reference
    return replace(result, image=reference, changed=result.changed or reference != result.image)


def check_lock(root: Path) -> Result:
    """Give the lock as it is; raises LockError unless it is current."""
    found = read_lock(root)
    drift = find_drift(found, read_configuration(root), root) if found else "there is none"
    if not found or drift:
        raise LockError(f"{FILE_NAME} is not current: {drift}", hint="run `protoctl lock` and commit what it writes")
    return Result(found.digest, found.image.reference, (), changed=False)


def read_old(root: Path, emit: Emit) -> Lock | None:
    """Give the lock whose pins are kept where they fit; one that cannot be trusted is none, and this is said."""
    try:
        return read_lock(root)
    except NewerLockError:
        raise
    except LockError as error:
        emit(Event(f"{error.where} {error.what}; resolving anew", Level.WARNING))
        return None


def find_moves(old: Lock | None, new: Lock) -> tuple[Move, ...]:
    """Give the pins that differ; several versions of one npm package are one text."""
    before, after = versions(old) if old else {}, versions(new)
    return tuple(
        Move(component, name, before.get((component, name), ""), after.get((component, name), ""))
        for component, name in sorted(before.keys() | after.keys())
        if before.get((component, name)) != after.get((component, name))
    )


def versions(found: Lock) -> dict[tuple[str, str], str]:
    """Give component and name to the versions, joined by commas."""
    result: dict[tuple[str, str], str] = {}
    for pin in found.pins:
        key = (pin.component, pin.name)
        result[key] = f"{result[key]}, {pin.version}" if key in result else pin.version
    return result
