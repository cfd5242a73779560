"""The sources of a package are those that have all that its record tells, wherever they are committed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from compiled import session as tools
from releases import INDEX, release
from repositories import commit, git

from protoctl.flows import search
from protoctl.flows.origin import find_origins
from protoctl.flows.session import Session
from protoctl.model.event import Event, silent
from protoctl.packaging.embedded import Record, read_embedded
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Workspace

SETTINGS = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n' + INDEX
WHEEL = "index/simple/acme-user/acme_user-0.1.0-py3-none-any.whl"


@pytest.fixture
def published(workspace: Workspace) -> Workspace:
    """Give a workspace whose module `user` is published from its one commit."""
    workspace.configure(SETTINGS)
    workspace.proto("acme/common/v1/page.proto", "message Page {\n  int32 size = 1;\n}")
    body = "message User {\n  acme.common.v1.Page page = 1;\n}"
    workspace.proto("acme/user/v1/user.proto", body, imports=("acme/common/v1/page.proto",))
    workspace.write(".gitignore", "index/\n.protoctl/\n")
    commit(workspace.root)
    release(workspace.root, "0.1.0")
    return workspace


def record_of(root: Path) -> Record:
    """Give the build record of the published package."""
    return read_embedded(WHEEL.rpartition("/")[2], (root / WHEEL).read_bytes()).record


def origins(root: Path, record: Record, said: list[str] | None = None) -> list[str]:
    """Give the commit of each origin, nothing for the workspace; what is told goes to `said`."""

    def tell(event: Event) -> None:
        if said is not None:
            said.append(event.text)

    session = Session(discover(root), tools().options, tell if said is not None else silent)
    folder = root.with_name("origins")
    folder.mkdir(exist_ok=True)
    return [origin.commit for origin in find_origins(session, record, folder)]


def change_settings(workspace: Workspace) -> None:
    workspace.configure(SETTINGS + '\n[metadata]\nlicense = "MIT"\n')


def change_license(workspace: Workspace) -> None:
    workspace.write("LICENSE", "all rights reserved")


def change_import(workspace: Workspace) -> None:
    workspace.proto("acme/common/v1/page.proto", "message Page {\n  int32 length = 1;\n}")


def add_file(workspace: Workspace) -> None:
    workspace.proto("acme/user/v1/more.proto")


@pytest.mark.parametrize("change", [change_settings, change_license, change_import, add_file])
def test_whatever_else_changed_only_the_older_commit_is_an_origin(
    published: Workspace, change: Callable[[Workspace], None]
) -> None:
    root = published.root
    first, record = git(root, "rev-parse", "HEAD"), record_of(root)
    assert origins(root, record) == ["", first]
    change(published)
    assert origins(root, record) == [first]
    commit(root)
    assert origins(root, record) == [first]


def test_what_packages_do_not_show_makes_no_difference(published: Workspace) -> None:
    root = published.root
    first, record = git(root, "rev-parse", "HEAD"), record_of(root)
    published.proto("acme/other/v1/other.proto")
    second = commit(root)
    assert origins(root, record) == ["", second, first]
    git(root, "tag", "user/v0.1.0", first)
    assert origins(root, record) == ["", first, second]


def test_commits_are_searched_in_shares(published: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 2)
    root = published.root
    first, record = git(root, "rev-parse", "HEAD"), record_of(root)
    for number in range(4):
        published.proto("acme/user/v1/user.proto", f"message User{number} {{}}")
        commit(root)
    assert origins(root, record) == [first]


def test_names_that_git_would_read_as_more_than_one_are_not_asked_for(published: Workspace) -> None:
    record = record_of(published.root)
    for path in ("acme/user/v1/a\nb.proto", "../outside.proto", "/etc/passwd"):
        assert origins(published.root, replace(record, files=(path,))) == []


def test_sources_that_this_protoctl_refuses_are_told(published: Workspace) -> None:
    root = published.root
    record = record_of(root)
    published.write("build/driver.py", "# of another protoctl")
    commit(root)
    said: list[str] = []
    assert len(origins(root, record, said)) == 1
    assert any(
        "this workspace has these protos and is passed over: protoctl.lock is not current" in one for one in said
    )
