"""Build: from a workspace to packages in `dist/`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from protoctl.errors import MachineError, UsageError
from protoctl.flows.idle import Memory, build_key, record_key, settings_key
from protoctl.flows.session import Session
from protoctl.kit.files import recover_folder, require_writable, scratch_prefix
from protoctl.kit.scratch import scratch_folder
from protoctl.kit.text import nearest
from protoctl.model.event import Event, Level
from protoctl.targets import load_target, target_names
from protoctl.versioning.release import FIRST, Release, development_release, parse_release
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from protoctl.flows.session import Options
    from protoctl.model.artifact import Manifest
    from protoctl.model.event import Emit


@dataclass(frozen=True)
class Choice:
    """What to build."""

    out: Path
    """The folder that becomes `dist/`."""
    modules: tuple[str, ...] = ()
    """Names; empty means all."""
    targets: tuple[str, ...] = ()
    """Names; empty means all."""
    version: str = ""
    """Of every module, in either spelling; empty means the next development release."""
    release: bool = False
    """Whether a version without a development part may be built."""
    is_paranoid: bool = False
    """Whether everything is read, whatever the file system tells."""


def build(root: Path, options: Options, choice: Choice, emit: Emit) -> Manifest:
    """Build packages of a workspace folder into `choice.out`, whole or not at all, and give what it then holds.

    Raises WorkspaceError, ConfigurationError, UsageError, SourceError, ModuleCycleError, MachineError.
    """
    release = choose_release(choice)
    targets = choose(choice.targets, target_names(), "target")
    recover_folder(choice.out)
    memory = Memory(root, choice.out)
    with options.trace.span("look"):
        known = None if choice.is_paranoid else memory.look(release.python, choice.modules, targets)
    if known:
        emit(Event("nothing changed", Level.NOTE))
        return known
    memory.begin()
    with options.trace.span("discover"):
        workspace = discover(root)
    session = Session(workspace, options, emit)
    try:
        return build_workspace(session, choice, memory)
    finally:
        session.close()


def build_workspace(session: Session, choice: Choice, memory: Memory) -> Manifest:
    """Build what was discovered, unless the last build was of the same; `memory` began before that was read.

    Raises UsageError, SourceError, ModuleCycleError, MachineError.
    """
    workspace, release = session.workspace, choose_release(choice)
    modules = choose(choice.modules, workspace.modules, "module")
    targets = choose(choice.targets, target_names(), "target")
    license_text = read_license(workspace.root)
    settings = settings_key(workspace, session.lock, license_text, [release.python])
    key = build_key(settings, workspace)
    record = record_key(key, product(modules, targets))
    known = memory.recall(key, product(modules, targets))
    if known:
        session.emit(Event("nothing changed", Level.NOTE))
        memory.note(key, record, release.python, workspace, known)
        return known
    check_writable(choice.out)
    from protoctl.flows.packages import Past, make_packages  # compilers and packers: not when nothing changed
    from protoctl.flows.workshop import Order

    releases = dict.fromkeys(workspace.modules, release)
    order = Order(modules, [load_target(name, workspace.configuration) for name in targets], releases, license_text)
    store = session.store if release.is_development else session.store.near
    past = Past(settings, key, memory.state.record if memory.state else "", store)
    manifest = make_packages(session, order, choice.out, past)
    memory.note(key, record, release.python, workspace, manifest)
    return manifest


def choose(wanted: Sequence[str], known: Iterable[str], noun: str) -> list[str]:
    """Give the wanted names, or all; raises UsageError for an unknown one."""
    names = sorted(known)
    for name in wanted:
        if name not in names:
            guess = nearest(name, names)
            hint = f"did you mean {guess}?" if guess else f"one of {', '.join(names)}"
            raise UsageError(f"there is no {noun} {name!r}", hint=hint)
    return sorted(set(wanted)) or names


def choose_release(choice: Choice) -> Release:
    """Give the version to build; only `--release` makes release versions."""
    if not choice.version:
        return parse_release(FIRST) if choice.release else development_release(FIRST)
    release = parse_release(choice.version)
    if not release.is_development and not choice.release:
        raise UsageError(f"{choice.version} is a release version", hint="add --release, or build a .dev version")
    return release


def read_license(root: Path) -> bytes:
    """Give the workspace's licence text, empty when it has none."""
    path = root / "LICENSE"
    return path.read_bytes() if path.is_file() else b""


def check_writable(out: Path) -> None:
    """Raise MachineError before any work when the output cannot be placed."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists() and not out.is_dir():
            raise MachineError(f"{out} is no folder")
        with scratch_folder(out.parent, scratch_prefix(out)):
            pass
        if out.exists():
            require_writable(out)
            if out.is_mount():
                hint = "choose a folder below it with --out"
                raise MachineError(f"cannot replace {out}: it is a mount point", hint=hint)
    except OSError as error:
        raise MachineError(f"cannot write {out}: {error.strerror}", hint="choose another folder with --out") from error
