"""What a workspace is compared with: a revision, a folder, a descriptor set or packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError

from protoctl.errors import (
    BaselineError,
    SourceError,
    UsageError,
    WorkspaceError,
)
from protoctl.flows.schema import FATAL, compile_workspace
from protoctl.kit.dag import find_cycle, order
from protoctl.model.event import Event, Level
from protoctl.schema.view import Schema
from protoctl.workspace.configuration_file import FILE_NAME
from protoctl.workspace.discover import discover, find_modules, survey
from protoctl.workspace.revision import forms_hint
from protoctl.workspace.sources import Snapshot, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from protoctl.flows.session import Session
    from protoctl.model.configuration import Configuration
    from protoctl.model.workspace import Workspace
    from protoctl.packaging.embedded import Embedded

SIZE_LIMIT = 1 << 30
"""Bytes of a descriptor set."""


@dataclass(frozen=True)
class Baseline:
    """One side of a comparison."""

    schema: Schema
    """Its files, and the modules that they belong to."""
    names: Mapping[str, str]
    """Module to what it is compared with, like `acme-user 1.4.0`."""
    packages: Mapping[str, Embedded]
    """Module to the package that its schema was read from; empty for sources."""
    is_whole: bool
    """Whether a module that is not here did not exist then; a package tells nothing about other modules."""


def read_folder(session: Session, folder: Path, foreign: Mapping[str, bytes]) -> Baseline:
    """Compile another workspace, or a folder of protos whose modules are those of this workspace."""
    if (folder / FILE_NAME).is_file():
        workspace = discover(folder)
        return compile_workspace_side(session, workspace, foreign, str(folder))
    configuration = session.workspace.configuration
    return compile_side(
        session, configuration, take_snapshot(folder, configuration.workspace.exclude), foreign, str(folder)
    )


def compile_side(
    session: Session, configuration: Configuration, snapshot: Snapshot, foreign: Mapping[str, bytes], label: str
) -> Baseline:
    """Compile protos as a configuration divides them into modules; raises BaselineError when there are none."""
    if not snapshot.files:
        raise BaselineError(f"{label} holds no .proto files below {configuration.workspace.proto}/")
    try:
        workspace = survey(session.workspace.root, configuration, snapshot)
    except WorkspaceError as error:
        raise BaselineError(f"{label}: {error.what}", hint=error.hint) from error
    return compile_workspace_side(session, workspace, foreign, label)


def compile_workspace_side(
    session: Session, workspace: Workspace, foreign: Mapping[str, bytes], label: str
) -> Baseline:
    """Compile a workspace with the tools of this one; raises SourceError when it does not compile."""
    if workspace.refused:
        left_out = ", ".join(finding.file for finding in workspace.refused)
        session.emit(Event(f"{label}: files that cannot be taken are left out: {left_out}", Level.WARNING))
    compiled = compile_workspace(session.beside(workspace), foreign)
    fatal = [finding for finding in compiled.findings if finding.rule in FATAL]
    if fatal:
        raise SourceError(fatal, of=label)
    return Baseline(compiled.schema, dict.fromkeys(workspace.modules, label), {}, is_whole=True)


def read_descriptors(session: Session, path: Path) -> Baseline:
    """Read a FileDescriptorSet, also one in an image of Buf's; the configuration divides it into modules."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise BaselineError(f"is larger than {SIZE_LIMIT >> 20} MiB", where=str(path))
        files = FileDescriptorSet.FromString(path.read_bytes()).file
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except DecodeError as error:
        raise BaselineError("is no FileDescriptorSet", where=str(path), hint=forms_hint()) from error
    linked = link({file.name: file for file in files}, str(path))
    modules = find_modules(session.workspace.configuration, linked)
    owners = {one: module.name for module in modules.values() for one in module.files}
    if not owners:
        hint = "compile it with the include root that the workspace has"
        raise BaselineError("holds no file of any module", where=str(path), hint=hint)
    return Baseline(Schema(linked, owners), dict.fromkeys(modules, str(path)), {}, is_whole=True)


def link(files: Mapping[str, FileDescriptorProto], label: str) -> dict[str, FileDescriptorProto]:
    """Give files in topological order; raises BaselineError unless all that they refer to is there."""
    needs = {path: tuple(file.dependency) for path, file in files.items()}
    missing = sorted({need for paths in needs.values() for need in paths} - set(files))
    if missing:
        hint = "write it with --include_imports"
        raise BaselineError(f"lacks what it imports: {', '.join(missing)}", where=label, hint=hint)
    if cycle := find_cycle(needs):
        raise BaselineError(f"holds files that import each other: {' → '.join(cycle)}", where=label)
    pool = DescriptorPool()
    ordered = order(needs)
    for path in ordered:
        try:
            pool.Add(files[path])
        except TypeError as error:
            raise BaselineError(f"does not link: {error}", where=f"{label}: {path}") from error
    return {path: files[path] for path in ordered}
