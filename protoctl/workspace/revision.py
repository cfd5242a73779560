"""Files of a git revision, read from its objects: the work tree and the index are not touched, no filter runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import MachineError, UsageError
from protoctl.kit.process import run
from protoctl.kit.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from protoctl.kit.process import Finished

PLAIN = ("100644", "100755", "100664")
"""Modes of regular files."""
LINK = "120000"
TIMEOUT = 120.0
"""Seconds for one git command; a partial clone fetches what it lacks."""


@dataclass(frozen=True)
class Revision:
    """A commit of the repository that holds a workspace."""

    name: str
    """As it was asked for."""
    commit: str
    """The full object name."""
    is_ancestor: bool
    """Whether the work tree's commit came from it."""


@dataclass(frozen=True)
class Blob:
    """One file of a revision."""

    path: str
    """Below the workspace."""
    data: bytes
    """Its content; of a link, where it leads."""
    is_link: bool
    """Whether it is a symbolic link."""


def find_revision(root: Path, name: str) -> Revision:
    """Give the commit that a branch, tag (also an annotated one) or commit names.

    Raises UsageError for an unknown one or a folder that is in no repository, MachineError when git cannot be run.
    """
    top = git(root, ["rev-parse", "--show-cdup"])
    if top.returncode:
        raise UsageError(f"{root} is in no git repository", said=top.stderr, hint=forms_hint())
    found = git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"])
    commit = found.stdout.decode(errors="replace").strip()
    if found.returncode or not commit:
        raise UsageError(f"git knows no commit {name!r}", said=found.stderr, hint=missing_hint(root, name))
    ancestry = git(root, ["merge-base", "--is-ancestor", commit, "HEAD"])
    return Revision(name, commit, ancestry.returncode == 0)


def read_revision(root: Path, revision: Revision, paths: Sequence[str]) -> list[Blob]:
    """Give every file of a revision that is one of the paths or below one; they are relative to the workspace.

    Raises MachineError when git fails, as a partial clone without a network does.
    """
    listed = list(list_files(root, revision, paths))
    wanted = "".join(f"{identity}\n" for _, _, identity in listed)
    finished = check(git(root, ["cat-file", "--batch"], wanted.encode()), revision)
    contents = split_batch(finished)
    return [Blob(path, data, mode == LINK) for (mode, path, _), data in zip(listed, contents, strict=True)]


def list_files(root: Path, revision: Revision, paths: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Give mode, path below the workspace and object of every file; a submodule is no file."""
    arguments = ["ls-tree", "-r", "-z", revision.commit, "--", *paths]
    output = check(git(root, ["--literal-pathspecs", *arguments]), revision)
    for entry in filter(None, output.split(b"\0")):
        head, _, path = entry.partition(b"\t")
        mode, _, identity = head.decode().split(" ")
        if mode in {*PLAIN, LINK}:
            yield mode, path.decode(errors="surrogateescape"), identity


def split_batch(output: bytes) -> Iterator[bytes]:
    """Give the contents that `git cat-file --batch` wrote, in the order asked for.

    Raises MachineError for what it does not have, though a commit says that it should.
    """
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        if output[at:end].endswith(b" missing"):
            hint = "`git fsck` tells whether the repository is damaged; a partial clone has to reach its remote"
            raise MachineError("git lacks a file of a commit", said=output[at:end].decode(), hint=hint)
        size = int(output[at:end].rpartition(b" ")[2])
        yield output[end + 1 : end + 1 + size]
        at = end + size + 2


def check(finished: Finished, revision: Revision) -> bytes:
    """Give what a git command wrote; raises MachineError when it failed."""
    if finished.returncode:
        raise MachineError(f"git cannot read {revision.name}", said=finished.stderr)
    return finished.stdout


def git(root: Path, arguments: Sequence[str], stdin: bytes = b"") -> Finished:
    """Run git where the workspace is; raises MachineError when there is none."""
    try:
        return run(["git", "--no-replace-objects", *arguments], stdin=stdin, folder=root, timeout=TIMEOUT)
    except FileNotFoundError:
        raise MachineError("there is no git on this machine", hint="install it, or compare with a folder") from None
    except (OSError, TimeoutError) as error:
        raise MachineError(f"git cannot be run: {error}") from error


def missing_hint(root: Path, name: str) -> str:
    """Say how a commit may be had, or which name was meant."""
    listed = git(root, ["for-each-ref", "--format=%(refname:short)", "refs/tags", "refs/heads", "refs/remotes"])
    guess = nearest(name, listed.stdout.decode(errors="replace").split())
    if guess:
        return f"did you mean {guess}?"
    shallow = git(root, ["rev-parse", "--is-shallow-repository"]).stdout.strip() == b"true"
    return "this clone is shallow: `git fetch --tags --unshallow`, or fetch that commit" if shallow else forms_hint()


def forms_hint() -> str:
    """Say what can be compared with."""
    packages = "a wheel, sdist or npm tarball, or NAME==VERSION"
    return f"--against takes a branch, tag or commit, a folder, a descriptor set, {packages}"
