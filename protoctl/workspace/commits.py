"""Commits that may hold what a release was made from, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.workspace.revision import Revision, git, split_batch

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path


def find_commit(root: Path, name: str) -> Revision | None:
    """Give the commit that a full reference like `refs/tags/user/v1.0.0` or an object name stands for, or None."""
    found = git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"])
    commit = found.stdout.decode(errors="replace").strip()
    return None if found.returncode or not commit else Revision(name, commit, is_ancestor=True)


def list_commits(root: Path, paths: Sequence[str], most: int) -> list[Revision]:
    """Give commits of any branch, remote branch or tag that touch some paths below a workspace; nothing without git.

    The newest come first, and none before its children. Raises MachineError when git fails, as in a damaged repository.
    """
    if not find_commit(root, "HEAD"):
        return []
    names = ["HEAD", "--branches", "--remotes", "--tags"]
    arguments = ["log", "--date-order", "--format=%H", f"--max-count={most}", *names, "--", *paths]
    listed = git(root, ["--literal-pathspecs", *arguments])
    if listed.returncode:
        raise MachineError("git cannot list commits", said=listed.stderr)
    return [Revision(commit[:12], commit, is_ancestor=True) for commit in listed.stdout.decode().split()]


def find_objects(root: Path, names: Sequence[str]) -> list[str]:
    """Give the object that each name like `COMMIT:./PATH` stands for, in their order; nothing where it is no file.

    A name is one line. Raises MachineError when git fails.
    """
    if not names:
        return []
    asked = "".join(f"{one}\n" for one in names).encode()
    found = git(root, ["cat-file", "--batch-check=%(objecttype) %(objectname)"], asked)
    if found.returncode:
        raise MachineError("git cannot look into its commits", said=found.stderr)
    lines = found.stdout.decode(errors="replace").split("\n")[: len(names)]
    return [line.removeprefix("blob ") if line.startswith("blob ") else "" for line in lines]


def read_objects(root: Path, objects: Collection[str]) -> dict[str, bytes]:
    """Give object → content for files; raises MachineError when git fails."""
    ordered = sorted(objects)
    if not ordered:
        return {}
    read = git(root, ["cat-file", "--batch"], "".join(f"{one}\n" for one in ordered).encode())
    if read.returncode:
        raise MachineError("git cannot read its objects", said=read.stderr)
    return dict(zip(ordered, split_batch(read.stdout), strict=True))


def is_shallow(root: Path) -> bool:
    """Tell whether a clone lacks older commits."""
    return git(root, ["rev-parse", "--is-shallow-repository"]).stdout.strip() == b"true"


def folder_in_repository(root: Path) -> str:
    """Give where a workspace lies in its repository, `.` for the whole of it; nothing outside of one."""
    found = git(root, ["rev-parse", "--show-prefix"])
    return "" if found.returncode else found.stdout.decode(errors="replace").strip().rstrip("/") or "."
