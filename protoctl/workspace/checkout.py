"""The commit that a workspace is at, and the tags of its releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import MachineError, WorkspaceError
from protoctl.workspace.revision import git

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Checkout:
    """A work tree of git that holds a workspace."""

    root: Path
    """The workspace."""
    commit: str
    """The full object name of what is checked out."""
    changed: tuple[str, ...]
    """Files of the workspace that are not as they were committed, relative to the repository, sorted."""


def read_checkout(root: Path, patterns: Sequence[str]) -> Checkout | None:
    """Give the commit of a workspace and which files changed since; None outside of a repository.

    Which files: git's pathspecs, from the workspace on, https://git-scm.com/docs/gitglossary#def_pathspec.

    Raises MachineError when git fails, and WorkspaceError for a repository without a commit.
    """
    if git(root, ["rev-parse", "--show-cdup"]).returncode:
        return None
    head = git(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
    if head.returncode:
        raise WorkspaceError(
            f"the repository of {root} has no commit", hint="commit the protos before they are released"
        )
    how = ["--no-optional-locks", "status", "--porcelain", "-z", "--untracked-files=all"]
    status = git(root, [*how, "--", *patterns])
    if status.returncode:
        raise MachineError("git cannot tell what changed", said=status.stderr)
    changed = [entry[3:] for entry in status.stdout.decode(errors="replace").split("\0") if entry[2:3] == " "]
    return Checkout(root, head.stdout.decode().strip(), tuple(sorted(changed)))


def tagged_commit(checkout: Checkout, tag: str) -> str:
    """Give the commit that a tag stands on; nothing when there is no such tag."""
    found = git(checkout.root, ["rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}"])
    return "" if found.returncode else found.stdout.decode().strip()


def local_tags(checkout: Checkout) -> dict[str, str]:
    """Give tag → commit for every tag of the repository, with one start of git however many there are.

    Raises MachineError.
    """
    answer = git(
        checkout.root,
        ["for-each-ref", "--format=%(objectname)%09%(refname)%0a%(*objectname)%09%(refname)^{}", "refs/tags"],
    )
    if answer.returncode:
        raise MachineError("git cannot read the tags", said=answer.stderr)
    return read_tags(answer.stdout)


def remote_tags(checkout: Checkout, remote: str) -> dict[str, str]:
    """Give tag → commit for every tag of a remote; raises MachineError when it cannot be asked."""
    answer = git(checkout.root, ["ls-remote", "--tags", "--", remote])
    if answer.returncode:
        hint = "name a remote of this repository, and see that git can reach it"
        raise MachineError(f"git cannot read the tags of {remote}", said=answer.stderr, hint=hint)
    return read_tags(answer.stdout)


def read_tags(listing: bytes) -> dict[str, str]:
    """Give tag → commit; an annotated tag has a second line, whose name ends in `^{}`, for what it stands on."""
    tags: dict[str, str] = {}
    for line in listing.decode(errors="replace").splitlines():
        commit, _, name = line.partition("\t")
        tag = name.removeprefix("refs/tags/")
        if commit and (tag.endswith("^{}") or tag not in tags):
            tags[tag.removesuffix("^{}")] = commit
    return tags


def make_tag(checkout: Checkout, tag: str, message: str) -> None:
    """Make an annotated tag on the commit; raises MachineError."""
    identity = ["-c", "user.name=protoctl", "-c", "user.email=protoctl@localhost"]
    known = git(checkout.root, ["var", "GIT_COMMITTER_IDENT"]).returncode == 0
    words = ["tag", "--annotate", "--no-sign", "--message", message, "--", tag, checkout.commit]
    made = git(checkout.root, [*(() if known else identity), *words])
    if made.returncode:
        raise MachineError(f"git cannot make the tag {tag}", said=made.stderr)


def push_tag(checkout: Checkout, tag: str, remote: str) -> None:
    """Push a tag; raises MachineError when the remote refuses."""
    pushed = git(checkout.root, ["push", "--quiet", "--", remote, f"refs/tags/{tag}:refs/tags/{tag}"])
    if pushed.returncode:
        hint = f"what is published stays; `git push {remote} {tag}` or the next `protoctl publish` pushes it"
        raise MachineError(f"git cannot push the tag {tag} to {remote}", said=pushed.stderr, hint=hint)
