"""Origin: the sources that a package was made from, known by what its build record tells of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError, LockError, SourceError, WorkspaceError
from protoctl.flows.build import read_license
from protoctl.flows.schema import build_schema
from protoctl.flows.search import fits_settings, search
from protoctl.flows.session import Session
from protoctl.flows.tagging import LICENSE
from protoctl.kit.archive import is_relative
from protoctl.kit.digest import digest_bytes, digest_mapping
from protoctl.kit.files import write_tree
from protoctl.model.event import Event, Level
from protoctl.packaging.record import embed_schema
from protoctl.toolchain.lock_file import FILE_NAME as LOCK
from protoctl.toolchain.lock_file import FOLDER as BUILD
from protoctl.toolchain.lock_file import parse_lock, read_lock
from protoctl.workspace.configuration_file import FILE_NAME, decode, parse_configuration
from protoctl.workspace.discover import survey
from protoctl.workspace.revision import read_revision
from protoctl.workspace.sources import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from protoctl.model.configuration import Configuration
    from protoctl.packaging.embedded import Record
    from protoctl.workspace.revision import Revision


@dataclass(frozen=True)
class Origin:
    """Sources that a package may have been made from."""

    session: Session
    """Whose workspace they are, with the lock that they had."""
    license_text: bytes
    commit: str
    """The full object name; empty for this workspace as it is."""
    label: str
    """For people."""


def find_origins(session: Session, record: Record, folder: Path) -> Iterator[Origin]:
    """Give sources that have all that a build record tells: this workspace, the tagged commit, then others.

    Configuration and neighbours may differ between them in what no record tells, so that several may come. What a
    commit locks is written below `folder`, which has to be there as long as the origins are used. Nothing is checked
    out and no lock is renewed.
    """
    options = replace(session.options, frozen=True)
    own = here(Session(session.workspace, options, session.emit), record)
    if own:
        yield own
    for revision in search(session, record):
        origin = at_commit(session, revision, record, folder)
        if origin:
            yield origin


def here(session: Session, record: Record) -> Origin | None:
    """Give the workspace where it fits a record; one whose lock or protos are refused does not."""
    workspace = session.workspace
    license_text = read_license(workspace.root)
    try:
        lock = read_lock(workspace.root)
    except LockError:
        return None
    if lock is None or not fits_settings(record, workspace.configuration, lock, license_text):
        return None
    origin = Origin(session, license_text, "", "this workspace")
    return origin if fits_sources(record, origin) else None


def at_commit(session: Session, revision: Revision, record: Record, folder: Path) -> Origin | None:
    """Give a commit's sources where they fit a record."""
    root = session.workspace.root
    blobs = read_revision(root, revision, [FILE_NAME, LOCK, BUILD, LICENSE])
    settings = {blob.path: blob.data for blob in blobs if not blob.is_link and is_relative(blob.path)}
    license_text = settings.get(LICENSE, b"")
    try:
        configuration = parse_configuration(decode(settings[FILE_NAME]))
        lock = parse_lock(settings[LOCK].decode())
    except (KeyError, UnicodeDecodeError, ConfigurationError, LockError):
        return None
    if not fits_settings(record, configuration, lock, license_text):
        return None
    place = folder / revision.commit
    try:
        workspace = survey(
            place, configuration, snapshot_of(protos(root, revision, configuration), configuration.workspace.exclude)
        )
    except WorkspaceError:
        return None
    options = replace(session.options, frozen=True)
    origin = Origin(Session(workspace, options, session.emit), license_text, revision.commit, name_of(revision))
    if module_sources(record, origin) != record.sources:
        return None
    place.mkdir(exist_ok=True)
    write_tree(place, settings)
    return origin if fits_sources(record, origin) else None


def protos(root: Path, revision: Revision, configuration: Configuration) -> Iterator[tuple[str, bytes | None]]:
    """Give path below the proto root and content of a commit's protos; a link has none."""
    folder = configuration.workspace.proto
    for blob in read_revision(root, revision, [folder]):
        yield str(PurePosixPath(blob.path).relative_to(folder)), None if blob.is_link else blob.data


def name_of(revision: Revision) -> str:
    """Give a revision for people."""
    short = revision.commit[:12]
    name = revision.name.removeprefix("refs/tags/")
    return f"commit {short}" if name == short else f"{name} ({short})"


def fits_sources(record: Record, origin: Origin) -> bool:
    """Tell whether a module's protos, and all that they import, are as a record tells.

    What this protoctl refuses, which another may have taken, is told and does not.
    """
    if module_sources(record, origin) != record.sources:
        return False
    session = origin.session
    try:
        descriptors = embed_schema(build_schema(session), session.workspace.modules[record.module])
    except (SourceError, LockError) as error:
        text = f"{origin.label} has these protos and is passed over: {error.what}; it was made by {record.generator}"
        session.emit(Event(text, Level.WARNING))
        return False
    return digest_bytes(descriptors) == record.schema


def module_sources(record: Record, origin: Origin) -> str:
    """Give the digest of a module's protos; nothing when it lies elsewhere or has other files."""
    workspace = origin.session.workspace
    module = workspace.modules.get(record.module)
    if module is None or (module.folder, module.files) != (record.folder, record.files):
        return ""
    files: Mapping[str, bytes] = workspace.sources.files
    return digest_mapping({path: files[path] for path in module.files})
