"""A folder becomes a workspace that checks and builds at once."""

from __future__ import annotations

import re
import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Protoctl, succeed

from protoctl.workspace.configuration_file import read_configuration

if TYPE_CHECKING:
    from pathlib import Path


def add_lock(root: Path) -> None:
    """Give a workspace the repository's lock, so that little is resolved."""
    shutil.copy(REPOSITORY / "protoctl.lock", root)
    shutil.copytree(REPOSITORY / "build", root / "build")


def test_an_empty_folder_builds_at_once(protoctl: Protoctl, tmp_path: Path) -> None:
    root = tmp_path / "My Team"
    done = protoctl("init", root)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1:] == [
        "wrote proto/my_team/greeter/v1/greeter.proto",
        "wrote protoctl.toml",
        f"next: protoctl build --workspace '{root}'",
    ]
    add_lock(root)
    done = protoctl("build", "--runner", "local", "--target", "python", cwd=root)
    assert done.code == 0, done.err
    assert sorted(path.name for path in (root / "dist/python").iterdir()) == [
        "my_team_greeter-0.1.0.dev0-py3-none-any.whl",
        "my_team_greeter-0.1.0.dev0.tar.gz",
    ]
    assert protoctl("check", "--runner", "local", cwd=root).code == 0


def test_a_real_tree_is_described(protoctl: Protoctl, tmp_path: Path, shared: Path) -> None:
    shutil.copytree(shared / "corpora/cloudforet/proto", tmp_path / "proto")
    done = protoctl("init", cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith("found 166 protos in 20 modules below proto: alert_manager, ")
    assert done.out.endswith("\nnext: protoctl check\n")
    value = tomllib.loads((tmp_path / "protoctl.toml").read_text())
    assert value["workspace"] == {"name": "spaceone", "proto": "proto", "modules": ["spaceone/api/*"]}
    assert value["dependencies"] == {"google/api/**": {"python": "googleapis-common-protos", "node": "bundle"}}
    add_lock(tmp_path)
    done = protoctl("check", "--runner", "local", cwd=tmp_path)
    assert done.code == 3
    assert "module-cycle" not in done.out


def test_the_indexes_that_it_suggests_are_a_configuration(protoctl: Protoctl, tmp_path: Path) -> None:
    assert protoctl("init", cwd=tmp_path).code == 0
    path = tmp_path / "protoctl.toml"
    path.write_text(re.sub(r"^# (?=\[|\w[\w-]* = )", "", path.read_text(), flags=re.MULTILINE))
    indexes = read_configuration(tmp_path).indexes
    assert {name: table.kind for name, table in indexes.items()} == {"internal-python": "pypi", "internal-node": "npm"}
    assert indexes["internal-python"].upload_url


def test_a_vendored_tree_compiles_with_the_dependency_instead(protoctl: Protoctl, tmp_path: Path) -> None:
    for path, text in {
        "acme/a/v1/a.proto": 'package acme.a.v1;\nimport "google/api/http.proto";\nmessage A { google.api.Http b=1; }',
        "google/api/http.proto": "package google.api;\nmessage Http {}",
        ".venv/site/x.proto": "package x;",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(f'syntax = "proto3";\n{text}\n')
    done = protoctl("init", cwd=tmp_path)
    assert (done.code, done.err) == (0, "left out below .: **/.*, google\n")
    assert tomllib.loads((tmp_path / "protoctl.toml").read_text())["workspace"]["exclude"] == ["**/.*", "google"]
    add_lock(tmp_path)
    done = protoctl("check", "--runner", "local", "--frozen", cwd=tmp_path)
    assert done.code == 0, done.out + done.err


def test_nothing_is_overwritten(protoctl: Protoctl, tmp_path: Path) -> None:
    (tmp_path / "protoctl.toml").write_text("mine")
    done = protoctl("init", tmp_path)
    assert done.code == 2
    assert "has a protoctl.toml already" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["protoctl.toml"]
    assert (tmp_path / "protoctl.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ".protoctl/\ndist/\n"),
        ("*.pyc", "*.pyc\n.protoctl/\ndist/\n"),
        ("/dist\n", "/dist\n.protoctl/\n"),
        ("/.protoctl/\ndist\n", "/.protoctl/\ndist\n"),
    ],
)
def test_git_does_not_see_what_is_built(protoctl: Protoctl, tmp_path: Path, before: str | None, after: str) -> None:
    succeed("git", "init", "--quiet", tmp_path)
    root = tmp_path / "idl"
    root.mkdir()
    if before is not None:
        (root / ".gitignore").write_text(before)
    assert protoctl("init", root).code == 0
    assert (root / ".gitignore").read_text() == after


def test_without_git_there_is_no_gitignore(protoctl: Protoctl, tmp_path: Path) -> None:
    assert protoctl("init", tmp_path).code == 0
    assert not (tmp_path / ".gitignore").exists()


@pytest.mark.parametrize(("folder", "name"), [("test", "acme"), ("import", "acme"), ("42", "acme"), ("google", "acme")])
def test_names_that_cannot_be_packages_are_not_taken(
    protoctl: Protoctl, tmp_path: Path, folder: str, name: str
) -> None:
    assert protoctl("init", tmp_path / folder).code == 0
    assert f'name = "{name}"' in (tmp_path / folder / "protoctl.toml").read_text()


def test_files_at_the_root_are_explained_and_nothing_is_written(protoctl: Protoctl, tmp_path: Path) -> None:
    (tmp_path / "proto").mkdir()
    (tmp_path / "proto/a.proto").write_text('syntax = "proto3";\npackage acme.user.v1;\n')
    done = protoctl("init", tmp_path)
    assert done.code == 2
    assert "move it to acme/user/v1/a.proto" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["proto"]


def test_what_needs_a_person_is_said(protoctl: Protoctl, tmp_path: Path) -> None:
    for path, text in {
        "a/proto/x/v1/x.proto": "x.v1",
        "a/proto/y/v1/y.proto": "y.v1",
        "b/z/v1/z.proto": "z.v1",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(f'syntax = "proto3";\npackage {text};\nimport "validate/validate.proto";\n')
    done = protoctl("init", tmp_path)
    assert done.code == 0
    assert "warning: nothing here holds validate/validate.proto" in done.err
    assert "warning: a workspace has one proto root, a/proto; there are other protos in b/z/v1" in done.err


def test_a_file_cannot_become_a_workspace(protoctl: Protoctl, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = protoctl("init", tmp_path / "file")
    assert (done.code, done.err) == (2, f"error: {tmp_path / 'file'} is no folder\n")
    done = protoctl("init", tmp_path / "file" / "below")
    assert done.code == 4
    assert "Traceback" not in done.err
