"""Releases beside others: old lines, withdrawn versions, and what `latest` stands on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from release_runs import change, duplicate
from repositories import git

from protoctl.indexes.access.exchange import Limits
from protoctl.indexes.directory import FolderIndex
from protoctl.packaging.embedded import read_embedded

if TYPE_CHECKING:
    from pathlib import Path

    from release_runs import Releaser


@pytest.fixture
def home(pushed: tuple[Path, Path], tmp_path: Path) -> Path:
    """Give a home with two modules at 0.1.0, and changes that make 0.1.1 of both."""
    return duplicate(pushed[0], tmp_path / "home")


def latest(home: Path, module: str) -> str:
    """Give the version that npm installs unasked."""
    return str(json.loads((home / f"index/npm/@acme/{module}").read_text())["dist-tags"]["latest"])


def requirements(home: Path, file: str) -> list[str]:
    """Give what a wheel requires of its siblings."""
    path = home / "index/simple/acme-user" / file
    return [one for one in read_embedded(file, path.read_bytes()).requires if one.startswith("acme")]


@pytest.mark.slow
def test_an_old_line_goes_on_beside_a_new_one(home: Path, releaser: Releaser) -> None:
    assert releaser(home, "--to", "1.0.0").code == 0
    change(home, field="string other = 10;")
    assert releaser(home, "--to", "2.0.0").code == 0
    git(home / "work", "switch", "--quiet", "--create", "1.x", "user/v1.0.0")
    change(home, "user/v1/user.proto", "string nick = 12;")
    done = releaser(home, "--line", "1.x")
    assert done.code == 0, done.err
    assert "released user 1.1.0" in done.out
    assert "common" not in done.out
    assert latest(home, "user") == "2.0.0"
    assert requirements(home, "acme_user-1.1.0-py3-none-any.whl") == ["acme-common<2,>=1.0.0"]
    assert requirements(home, "acme_user-2.0.0-py3-none-any.whl") == ["acme-common<3,>=2.0.0"]
    assert releaser(home, "--line", "1.x").out == "nothing to release\n"


def test_a_version_that_was_withdrawn_stays_taken(home: Path, releaser: Releaser) -> None:
    assert releaser(home).code == 0
    index = FolderIndex("team", home / "index", Limits())
    for target, name in (("python", "acme-user"), ("node", "@acme/user")):
        index.withdraw(target, name, "0.1.1", "is wrong")
    change(home, "user/v1/user.proto", "string nick = 12;")
    done = releaser(home)
    assert done.code == 0, done.err
    assert "released user 0.1.2" in done.out
    listed = index.list_files("python", "acme-user")
    assert {one.version for one in listed if one.is_withdrawn} == {"0.1.1"}
