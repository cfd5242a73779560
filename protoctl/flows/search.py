"""Search: commits whose settings and protos are as a build record tells, many of them with few starts of git."""

from __future__ import annotations

import posixpath
from functools import cache
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError, LockError
from protoctl.flows.requests import package_settings
from protoctl.flows.tagging import LICENSE, source_paths, tag_name
from protoctl.kit.archive import is_relative
from protoctl.kit.digest import digest_mapping
from protoctl.model.toolchain import COMPONENTS
from protoctl.toolchain.lock_file import FILE_NAME as LOCK
from protoctl.toolchain.lock_file import parse_lock, part_of
from protoctl.versioning.release import parse_release
from protoctl.workspace.commits import find_commit, find_objects, list_commits, read_objects
from protoctl.workspace.configuration_file import FILE_NAME, decode, parse_configuration
from protoctl.workspace.sources import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from protoctl.flows.session import Session
    from protoctl.model.configuration import Configuration
    from protoctl.model.toolchain import Lock
    from protoctl.packaging.embedded import Record
    from protoctl.workspace.revision import Revision

MOST = 500
"""Commits that are looked at."""
AT_ONCE = 50
"""Commits that are looked at together; their protos are in memory meanwhile."""


def search(session: Session, record: Record) -> Iterator[Revision]:
    """Give the tagged commit and then others, newest first, that have settings and protos of a record."""
    root = session.workspace.root
    if not all(is_relative(path) and path.isprintable() for path in record.files):
        return
    tagged = find_commit(root, f"refs/tags/{tag_name(record.module, parse_release(record.version))}")
    listed = list_commits(root, source_paths(session.workspace), MOST)
    revisions = [*([tagged] if tagged else []), *(one for one in listed if not tagged or one.commit != tagged.commit)]
    for at in range(0, len(revisions), AT_ONCE):
        fitting = list(fit_settings(root, record, revisions[at : at + AT_ONCE]))
        yield from fit_protos(root, record, fitting)


def fit_settings(root: Path, record: Record, revisions: Sequence[Revision]) -> Iterator[tuple[Revision, str]]:
    """Give the revisions that have toolchain and settings of a record, each with its proto root."""
    identities = look_up(root, revisions, [FILE_NAME, LOCK, LICENSE])
    contents = read_objects(root, {one for names in identities for one in names if one})

    @cache
    def proto_root(names: tuple[str, ...]) -> str:
        written, locked, license_text = (contents.get(name, b"") for name in names)
        try:
            configuration = parse_configuration(decode(written))
            lock = parse_lock(locked.decode())
        except (UnicodeDecodeError, ConfigurationError, LockError):
            return ""
        is_fit = configuration.workspace.proto.isprintable()  # it goes into lines that git reads
        is_fit = is_fit and fits_settings(record, configuration, lock, license_text)
        return configuration.workspace.proto if is_fit else ""

    for revision, names in zip(revisions, identities, strict=True):
        if proto_root(names):
            yield revision, proto_root(names)


def fit_protos(root: Path, record: Record, revisions: Sequence[tuple[Revision, str]]) -> Iterator[Revision]:
    """Give the revisions that have the protos of a record below their proto roots."""
    for folder in dict.fromkeys(folder for _, folder in revisions):
        mine = [revision for revision, other in revisions if other == folder]
        identities = look_up(root, mine, [posixpath.normpath(f"{folder}/{path}") for path in record.files])
        contents = read_objects(root, {one for names in identities for one in names if one})
        for revision, names in zip(mine, identities, strict=True):
            known = [(path, contents.get(name)) for path, name in zip(record.files, names, strict=True)]
            if digest_mapping({path: normalise(data) for path, data in known if data is not None}) == record.sources:
                yield revision


def look_up(root: Path, revisions: Sequence[Revision], paths: Sequence[str]) -> list[tuple[str, ...]]:
    """Give for each revision the objects at some paths, in their order; nothing where there is no file."""
    found = find_objects(root, [f"{revision.commit}:./{path}" for revision in revisions for path in paths])
    return [tuple(found[at : at + len(paths)]) for at in range(0, len(found), len(paths))]


def fits_settings(record: Record, configuration: Configuration, lock: Lock, license_text: bytes) -> bool:
    """Tell whether toolchain and configuration are as a record tells, which needs no compiler."""
    component = configuration.python.component(record.module)
    settings = package_settings(configuration, license_text)
    known = record.settings.get("digest", settings["digest"])
    return part_of(lock, {*COMPONENTS, component}).digest == record.toolchain and settings["digest"] == known
