"""Tagging: each release stands in git as the commit that it was made from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from protoctl.errors import MachineError, WorkspaceError
from protoctl.flows.idle import FOLDER
from protoctl.model.event import Event, Level
from protoctl.toolchain.lock_file import FILE_NAME as LOCK
from protoctl.toolchain.lock_file import FOLDER as BUILD
from protoctl.workspace.checkout import local_tags, make_tag, push_tag, read_checkout, remote_tags, tagged_commit
from protoctl.workspace.configuration_file import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace
    from protoctl.publishing.shipment import Shipment
    from protoctl.versioning.release import Release
    from protoctl.workspace.checkout import Checkout

LICENSE = "LICENSE"
MOST = 10
"""Files that an error names."""


def tag_name(module: str, release: Release) -> str:
    """Give the tag of a release, like `user/v1.4.0`."""
    return f"{module}/v{release.npm}"


def source_paths(workspace: Workspace) -> list[str]:
    """Give what packages are made from, relative to the workspace."""
    return [workspace.configuration.workspace.proto, FILE_NAME, LOCK, BUILD, LICENSE]


def source_patterns(workspace: Workspace) -> list[str]:
    """Give what packages are made from as git's pathspecs.

    Below the include root only protos count: it may be the workspace itself, with `dist/` and everything else in it.
    """
    proto = PurePosixPath(workspace.configuration.workspace.proto).as_posix()
    prefix = "" if proto == "." else re.sub(r"([*?\[\\])", r"\\\1", proto) + "/"
    others = [f":(literal){path}" for path in (FILE_NAME, LOCK, BUILD, LICENSE)]
    return [f":(glob){prefix}**/*.proto", *others, f":(exclude,literal){FOLDER}"]


def make_tagger(workspace: Workspace, remote: str, emit: Emit) -> Tagger | None:
    """Give what tags the releases of a workspace; None, and a note, outside of a repository.

    Raises WorkspaceError and MachineError.
    """
    checkout = read_checkout(workspace.root, source_patterns(workspace))
    if checkout is None:
        emit(Event(f"{workspace.root} is in no git repository: releases get no tags", Level.NOTE))
        return None
    return Tagger(checkout, remote, local_tags(checkout), remote_tags(checkout, remote) if remote else {}, emit)


@dataclass(frozen=True)
class Tagger:
    """Tags the commit that is checked out."""

    checkout: Checkout
    remote: str
    """Where tags are pushed; empty for nowhere."""
    known: Mapping[str, str]
    """Tag to commit, as this repository had them."""
    pushed: Mapping[str, str]
    """The same of the remote."""
    emit: Emit

    def refuse_changes(self) -> None:
        """Raise WorkspaceError when what is built is not what is committed."""
        changed = self.checkout.changed
        if changed:
            more = [f"and {len(changed) - MOST} more"] if len(changed) > MOST else []
            hint = "commit it, or release it with --allow-changes and nobody will know what it was made from"
            said = "\n".join([*changed[:MOST], *more])
            raise WorkspaceError("what would be released is not committed", said=said, hint=hint)

    def commit_of(self, tag: str) -> str:
        """Give the commit that a tag stands on, here or on the remote; nothing when there is no such tag."""
        return self.known.get(tag) or self.pushed.get(tag, "")

    def refuse_taken(self, tags: Iterable[str]) -> None:
        """Raise WorkspaceError when a tag of a new release stands on another commit."""
        taken = {tag: commit for tag in tags if (commit := self.commit_of(tag)) not in {"", self.checkout.commit}}
        if taken:
            said = "\n".join(f"{tag} stands on {commit[:12]}" for tag, commit in taken.items())
            hint = f"see what was released there; {self.checkout.commit[:12]} is checked out"
            raise WorkspaceError("a tag stands on another commit already", said=said, hint=hint)

    def is_missing(self, tag: str, *, is_mine: bool) -> bool:
        """Tell whether a finished release still lacks its tag; `is_mine` is whether this work tree made it.

        Without a remote, a clone need not have all tags, so only a release of this work tree counts.
        """
        if self.remote:
            return tag not in self.pushed
        return is_mine and tag not in self.known

    def tag(self, shipment: Shipment) -> None:
        """Tag a release here and on the remote, where it is not yet; raises MachineError."""
        tag = shipment.git_tag
        if not tagged_commit(self.checkout, tag) and tag not in self.pushed:
            place = replace(self.checkout, commit=shipment.commit or self.checkout.commit)
            make_tag(place, tag, f"{shipment.module} {shipment.release.python}")
        if self.remote and tag not in self.pushed:
            self.push(tag)

    def push(self, tag: str) -> None:
        """Push a tag, unless somebody who released the same commit at the same time was first."""
        try:
            push_tag(self.checkout, tag, self.remote)
        except MachineError:
            pushed = remote_tags(self.checkout, self.remote).get(tag)
            if pushed is None or pushed != tagged_commit(self.checkout, tag):
                raise
