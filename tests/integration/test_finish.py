"""What one run began, the next one finishes from the sources that it had, also when these have changed since."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from releases import release
from repositories import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Workspace

SETTINGS = """
[workspace]
name = "acme"
modules = ["acme/*"]

[indexes.team]
kind = "directory"
url = "index"
"""
PUBLISH = ("publish", "--runner", "local", "--initial", "--workspace")


def begin(workspace: Workspace) -> str:
    """Write two modules, one on top of the other, and give their commit."""
    workspace.configure(SETTINGS)
    workspace.proto("acme/common/v1/page.proto", "message Page {\n  int32 size = 1;\n}")
    workspace.proto(
        "acme/user/v1/user.proto",
        "message User {\n  acme.common.v1.Page page = 1;\n}",
        imports=("acme/common/v1/page.proto",),
    )
    workspace.write(".gitignore", "dist/\n.protoctl/\nindex/\n")
    return commit(workspace.root)


def change(workspace: Workspace) -> str:
    """Add a field to both modules and commit it."""
    for path, name in (("acme/common/v1/page.proto", "size"), ("acme/user/v1/user.proto", "page")):
        proto = workspace.root / "proto" / path
        proto.write_text(proto.read_text().replace(f" {name} = 1;", f" {name} = 1;\n  string more = 2;"))
    return commit(workspace.root)


def packages(root: Path) -> dict[str, bytes]:
    """Give the packages on the index by file name."""
    return {
        path.name: path.read_bytes()
        for path in sorted(root.glob("index/**/*"))
        if path.suffix in {".whl", ".gz", ".tgz"}
    }


def break_npm(root: Path) -> Path:
    """Let uploads to npm's half of the index fail."""
    place = root / "index" / "npm"
    place.parent.mkdir()
    place.write_text("in the way")
    return place


@pytest.mark.slow
def test_a_release_is_finished_from_its_commit_beside_the_next_one(workspace: Workspace, protoctl: Protoctl) -> None:
    root = workspace.root
    first = begin(workspace)
    obstacle = break_npm(root)
    killed = protoctl(*PUBLISH, root)
    assert killed.code != 0
    assert [name for name in packages(root) if "user" in name] == []
    begun = packages(root)
    assert sorted(begun) == ["acme_common-0.1.0-py3-none-any.whl", "acme_common-0.1.0.tar.gz"]
    obstacle.unlink()

    second = change(workspace)
    done = protoctl(*PUBLISH, root)
    assert done.code == 0, done.err
    assert f"finishing it from commit {first[:12]}" in done.err
    found = packages(root)
    assert {"acme_common-0.1.0.tar.gz", "acme_common-0.1.1.tar.gz", "acme_user-0.1.0.tar.gz"} <= set(found)
    assert {"common-0.1.0.tgz", "common-0.1.1.tgz", "user-0.1.0.tgz"} <= set(found)
    assert git(root, "rev-parse", "common/v0.1.0^{commit}") == first
    assert git(root, "rev-parse", "common/v0.1.1^{commit}") == second
    tags = json.loads((root / "index/npm/@acme/common").read_text())["dist-tags"]
    assert tags["latest"] == "0.1.1"
    assert undisturbed(workspace, protoctl, first).items() <= found.items()
    papers = root / ".protoctl/releases/common-0.1.0"
    statement = json.loads((papers / "provenance.json").read_text())
    assert statement["predicate"]["buildDefinition"]["resolvedDependencies"][0]["digest"] == {"gitCommit": first}
    assert json.loads((papers / "receipt.json").read_text())["commit"] == first
    again = protoctl(*PUBLISH, root)
    assert again.out == "nothing to release\n"


def undisturbed(workspace: Workspace, protoctl: Protoctl, revision: str) -> dict[str, bytes]:
    """Give what a run of the first commit alone puts on an index of the module that was left."""
    other = workspace.root.with_name("undisturbed")
    git(workspace.root.parent, "clone", "--quiet", "--no-tags", str(workspace.root), str(other))
    git(other, "checkout", "--quiet", revision)
    done = protoctl(*PUBLISH, other)
    assert done.code == 0, done.err
    return {name: data for name, data in packages(other).items() if "common" in name}


def begin_small(workspace: Workspace) -> str:
    """Write one module and give its commit."""
    workspace.configure(SETTINGS)
    workspace.proto("acme/common/v1/page.proto", "message Page {\n  int32 size = 1;\n}")
    workspace.write(".gitignore", "dist/\n.protoctl/\nindex/\n")
    return commit(workspace.root)


def edit(workspace: Workspace) -> None:
    """Add a field to the module."""
    workspace.proto("acme/common/v1/page.proto", "message Page {\n  int32 size = 1;\n  string more = 2;\n}")


@pytest.mark.slow
def test_a_release_that_has_all_but_its_tag_is_tagged_where_it_was_made(
    workspace: Workspace, protoctl: Protoctl
) -> None:
    root = workspace.root
    first = begin_small(workspace)
    assert protoctl(*PUBLISH, root).code == 0
    before = packages(root)
    git(root, "tag", "--delete", "common/v0.1.0")
    workspace.write("NOTES", "nothing that packages are made from")
    commit(root)
    assert protoctl(*PUBLISH, root).code == 0
    assert git(root, "rev-parse", "common/v0.1.0^{commit}") == first
    assert packages(root) == before


@pytest.mark.slow
def test_what_only_has_an_sdist_gets_the_rest_of_its_own_commit(workspace: Workspace, protoctl: Protoctl) -> None:
    root = workspace.root
    first = begin_small(workspace)
    assert protoctl(*PUBLISH, root).code == 0
    whole = packages(root)
    git(root, "tag", "--delete", "common/v0.1.0")
    shutil.rmtree(root / ".protoctl")
    shutil.rmtree(root / "index/npm")
    for name in ("acme_common-0.1.0-py3-none-any.whl", "index.html"):
        (root / "index/simple/acme-common" / name).unlink()
    edit(workspace)
    second = commit(root)
    rehearsed = protoctl(*PUBLISH, root, "--dry-run")
    assert rehearsed.code == 0, rehearsed.err
    assert len(packages(root)) == 1
    assert not (root / ".protoctl/releases").exists()
    done = protoctl(*PUBLISH, root)
    assert done.code == 0, done.err
    assert whole.items() <= packages(root).items()
    assert {git(root, "rev-parse", f"common/v{one}^{{commit}}") for one in ("0.1.0", "0.1.1")} == {first, second}
    assert "0.1.1" in (root / "index/npm/@acme/common").read_text()


@pytest.mark.slow
def test_sources_that_are_nowhere_leave_a_release_as_it_is_and_stop_no_other(
    workspace: Workspace, protoctl: Protoctl
) -> None:
    root = workspace.root
    begin_small(workspace)
    release(root, "0.1.0")
    edit(workspace)
    git(root, "commit", "--quiet", "--all", "--amend", "--message", "rewritten")
    done = protoctl(*PUBLISH, root)
    assert done.code == 0, done.err
    assert "common 0.1.0 lacks the node .tgz on team, the python .tar.gz on team" in done.err
    assert "are not to be found: it stays as it is" in done.err
    assert {name.removesuffix(".tgz") for name in packages(root) if "0.1.1" in name} >= {"common-0.1.1"}
    assert [name for name in packages(root) if "0.1.0" in name] == ["acme_common-0.1.0-py3-none-any.whl"]
