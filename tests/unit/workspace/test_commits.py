"""Commits and what they hold, asked for in few starts of git."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from repositories import commit, git

from protoctl.errors import MachineError
from protoctl.workspace.commits import (
    find_commit,
    find_objects,
    folder_in_repository,
    is_shallow,
    list_commits,
    read_objects,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a workspace in a folder of a repository with three commits, the second of which does not touch `proto`."""
    workspace = tmp_path / "services/acme"
    (workspace / "proto").mkdir(parents=True)
    (workspace / "proto/a b.proto").write_text("one")
    for path, text in (("proto/a b.proto", "two"), ("NOTES", "notes"), ("proto/a b.proto", "three\0\n")):
        (workspace / path).write_text(text)
        commit(tmp_path)
    return workspace


def test_commits_are_those_that_touch_the_paths_newest_first(root: Path) -> None:
    git(root, "checkout", "--quiet", "-b", "old", "HEAD~2")
    found = list_commits(root, ["proto"], 10)
    assert [git(root, "show", "--format=", "--name-only", one.commit) for one in found] == [
        "services/acme/proto/a b.proto",
        "services/acme/proto/a b.proto",
    ]
    assert list_commits(root, ["proto"], 1) == found[:1]
    assert found[0].commit == git(root, "rev-parse", "main")


def test_objects_are_read_in_the_order_asked_for(root: Path) -> None:
    newest, oldest = list_commits(root, ["proto"], 10)
    names = [f"{one.commit}:./{path}" for one in (newest, oldest) for path in ("proto/a b.proto", "NOTES", "proto")]
    found = find_objects(root, names)
    assert [bool(one) for one in found] == [True, True, False, True, False, False]
    contents = read_objects(root, {one for one in found if one})
    assert [contents.get(one) for one in found] == [b"three\0\n", b"notes", None, b"two", None, None]
    assert (find_objects(root, []), read_objects(root, [])) == ([], {})


def test_what_is_no_commit_is_none(root: Path) -> None:
    assert find_commit(root, "refs/tags/user/v1.0.0") is None
    assert find_commit(root, "--all") is None
    head = find_commit(root, "HEAD")
    assert head
    assert head.commit == git(root, "rev-parse", "HEAD")


def test_outside_of_a_repository_nothing_is_found(tmp_path: Path) -> None:
    assert list_commits(tmp_path, ["proto"], 10) == []
    assert folder_in_repository(tmp_path) == ""


def test_a_workspace_knows_its_place(root: Path) -> None:
    assert folder_in_repository(root) == "services/acme"
    assert folder_in_repository(root.parent.parent) == "."


def test_a_shallow_clone_is_told(root: Path, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", root.parent.parent.as_uri(), str(clone))
    assert (is_shallow(clone), is_shallow(root)) == (True, False)


def test_a_damaged_repository_is_an_error(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD:services/acme/NOTES")
    (root.parent.parent / ".git/objects" / head[:2] / head[2:]).chmod(0o644)
    (root.parent.parent / ".git/objects" / head[:2] / head[2:]).write_bytes(b"damaged")
    with pytest.raises(MachineError, match="git lacks a file of a commit"):
        read_objects(root, [head])
