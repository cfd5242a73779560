"""Revision: the protos of a git commit as a baseline, compiled as it was configured and locked then."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError, LockError, MachineError, UsageError
from protoctl.flows.baseline import Baseline, compile_side
from protoctl.flows.session import read_foreign
from protoctl.kit.files import write_tree
from protoctl.kit.scratch import temporary_folder
from protoctl.model.event import Event, Level
from protoctl.model.toolchain import PROTOS
from protoctl.toolchain.install import Installer
from protoctl.toolchain.lock_file import FILE_NAME as LOCK
from protoctl.toolchain.lock_file import FOLDER, component_files, packages_digest, parse_lock
from protoctl.workspace.configuration_file import FILE_NAME, decode, parse_configuration
from protoctl.workspace.revision import find_revision, forms_hint, read_revision
from protoctl.workspace.sources import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from protoctl.flows.session import Session
    from protoctl.model.configuration import Configuration
    from protoctl.workspace.revision import Revision

COMPONENT = tuple(f"{FOLDER}/{path}" for path in component_files(PROTOS))
"""What the protos of others are installed from."""


def read_git(session: Session, name: str, foreign: Mapping[str, bytes]) -> Baseline:
    """Compile the protos of a git revision as its own configuration and lock say, else as the workspace's do.

    Raises UsageError, BaselineError, SourceError and MachineError.
    """
    if not name or name.startswith("-"):
        raise UsageError(f"{name!r} is no revision", hint=forms_hint())
    root = session.workspace.root
    revision = find_revision(root, name)
    label = f"git {name}" if revision.commit.startswith(name) else f"git {name} ({revision.commit[:8]})"
    if not revision.is_ancestor:
        text = f"{name} is no ancestor of what is checked out: what only it has counts as deleted"
        session.emit(Event(f"{text}; `git merge-base {name} HEAD` gives the commit to compare with", Level.WARNING))
    settings = read_settings(root, revision)
    configuration = configuration_at(session, settings.get(FILE_NAME), label)
    protos = configuration.workspace.proto
    blobs = read_revision(root, revision, [protos])
    files = ((str(PurePosixPath(one.path).relative_to(protos)), None if one.is_link else one.data) for one in blobs)
    snapshot = snapshot_of(files, configuration.workspace.exclude)
    return compile_side(session, configuration, snapshot, foreign_at(session, settings, foreign, label), label)


def read_settings(root: Path, revision: Revision) -> dict[str, bytes]:
    """Give configuration, lock, and what the protos of others are installed from, as far as a revision has them."""
    blobs = read_revision(root, revision, [FILE_NAME, LOCK, *COMPONENT])
    return {blob.path: blob.data for blob in blobs if not blob.is_link}


def configuration_at(session: Session, written: bytes | None, label: str) -> Configuration:
    """Give the configuration of a revision; the workspace's own, and a note, when it had none that can be read."""
    try:
        if written is not None:
            return parse_configuration(decode(written))
        why = f"has no {FILE_NAME}"
    except ConfigurationError as error:
        why = f"has a {FILE_NAME} that is refused ({error.what})"
    session.emit(Event(f"{label} {why}: the workspace's own says what its modules are", Level.NOTE))
    return session.workspace.configuration


def foreign_at(
    session: Session, settings: Mapping[str, bytes], foreign: Mapping[str, bytes], label: str
) -> Mapping[str, bytes]:
    """Give the protos of others that a revision locks; those of the workspace, and a note, where they are not had."""
    if LOCK not in settings:
        return foreign
    try:
        lock = parse_lock(settings[LOCK].decode())
        if packages_digest(lock, PROTOS) == packages_digest(session.lock, PROTOS):
            return foreign
        with temporary_folder("baseline") as folder:
            write_tree(folder, {path: settings[path] for path in COMPONENT})
            installer = Installer(folder, lock, session.options.cache, session.emit, offline=session.options.offline)
            return read_foreign(installer.install(PROTOS))
    except (KeyError, UnicodeDecodeError, LockError, MachineError) as error:
        why = "is not whole" if isinstance(error, KeyError) else str(error).partition("\n")[0]
        session.emit(Event(f"{label}: imports are compiled as they are locked now; its own lock: {why}", Level.NOTE))
        return foreign
