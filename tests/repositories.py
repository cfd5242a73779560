"""Git repositories that tests write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conftest import succeed

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = {
    "user.name": "Test",
    "user.email": "test@acme.example",
    "commit.gpgsign": "false",
    "tag.gpgsign": "false",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as somebody, and give what it prints."""
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return succeed("git", *settings, *arguments, cwd=folder).strip()


def commit(folder: Path, message: str = "change") -> str:
    """Commit everything in a folder, which becomes a repository when it is none, and give the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def state(folder: Path) -> tuple[str, str, bytes]:
    """Give what a reader must not touch: HEAD, the status of the work tree, the index."""
    status = git(folder, "--no-optional-locks", "status", "--porcelain", "--ignored")
    return git(folder, "rev-parse", "HEAD"), status, (folder / ".git/index").read_bytes()
