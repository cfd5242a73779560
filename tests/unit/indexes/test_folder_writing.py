"""Writing into a folder index: nothing is lost, nothing is replaced, and nobody is shown half of anything."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from parcels import make_sdist, make_tarball, make_wheel

from protoctl.errors import ConfigurationError, PackageIndexError
from protoctl.indexes import directory
from protoctl.indexes.access.core_metadata import requires_python
from protoctl.kit.archive import pack_tgz
from protoctl.model.configuration import IndexTable
from protoctl.model.index import Upload
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from protoctl.indexes import Surroundings
    from protoctl.indexes.directory import FolderIndex

NAMES = {"python": "acme-user", "node": "@acme/user"}
LISTS = {"python": "simple/acme-user/index.html", "node": "npm/@acme/user"}
LIES = {"python": "simple/acme-user/acme_user-1.0.0-py3-none-any.whl", "node": "npm/@acme/-/user-1.0.0.tgz"}
both = pytest.mark.parametrize("target", NAMES)
MANY = """
import sys
from pathlib import Path
from protoctl.indexes.access.exchange import Limits
from protoctl.indexes.directory import FolderIndex
from protoctl.model.index import Upload

index = FolderIndex("shop", Path(sys.argv[1]), Limits())
for path in map(Path, sys.argv[2:]):
    target = "node" if path.name.endswith(".tgz") else "python"
    name = {"python": "acme-user", "node": "@acme/user"}[target]
    version = path.name.removesuffix(".tgz").split("-")[2 if target == "node" else 1]
    index.upload(Upload(target, name, version, path.name, path.read_bytes(), "next"))
"""
"""Uploads what it is given, one after the other."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give where the folder is made."""
    return tmp_path / "shared space"


@pytest.fixture
def index(root: Path, surroundings: Surroundings) -> FolderIndex:
    """Give the index in it."""
    return directory.make("shop", IndexTable("directory", root.name), surroundings)


def package(folder: Path, target: str, version: str = "1.0.0") -> Upload:
    """Give a wheel or a tarball of `user`."""
    made = (make_wheel if target == "python" else make_tarball)(folder / "made", "user", version)
    npm = parse_release(version).npm
    return Upload(target, NAMES[target], npm if target == "node" else version, made.name, made.read_bytes(), "next")


def versions(index: FolderIndex, target: str) -> list[str]:
    """Give what it lists, all of it fetched."""
    listed = index.list_files(target, NAMES[target])
    assert all(one.digest and index.fetch(one) for one in listed)
    return [one.version for one in listed]


@both
def test_what_lay_there_without_a_list_is_listed_with_what_comes(
    index: FolderIndex, root: Path, tmp_path: Path, target: str
) -> None:
    old = package(tmp_path, target)
    lies = root / LIES[target]
    lies.parent.mkdir(parents=True)
    lies.write_bytes(old.data)
    index.upload(package(tmp_path, target, "1.1.0"))
    assert versions(index, target) == ["1.0.0", "1.1.0"]
    assert lies.read_bytes() == old.data


@both
def test_what_is_listed_stays_as_it_is(index: FolderIndex, root: Path, tmp_path: Path, target: str) -> None:
    upload = package(tmp_path, target)
    index.upload(upload)
    before = (root / LISTS[target]).read_bytes()
    index.upload(replace(upload, data=package(tmp_path, target, "1.1.0").data))
    assert (root / LISTS[target]).read_bytes() == before
    assert (root / LIES[target]).read_bytes() == upload.data


@both
def test_what_a_killed_writer_left_is_written_again(
    index: FolderIndex, root: Path, tmp_path: Path, target: str
) -> None:
    index.upload(package(tmp_path, target, "0.9.0"))
    upload = package(tmp_path, target)
    (root / LIES[target]).write_bytes(b"half")
    assert versions(index, target) == ["0.9.0"]
    index.upload(upload)
    assert versions(index, target) == ["0.9.0", "1.0.0"]
    assert (root / LIES[target]).read_bytes() == upload.data


@both
def test_a_first_file_counts_only_when_it_is_listed(
    index: FolderIndex, root: Path, tmp_path: Path, target: str
) -> None:
    """Else what a writer left that was killed before it listed the file would never be listed."""
    upload = package(tmp_path, target)
    with small_files(len(upload.data) - 1), pytest.raises(PackageIndexError, match=r"cannot write .*: File too large"):
        index.upload(upload)
    (root / LIES[target]).parent.mkdir(parents=True, exist_ok=True)
    (root / LIES[target]).write_bytes(upload.data)
    assert versions(index, target) == []
    index.upload(upload)
    assert versions(index, target) == ["1.0.0"]


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """Let the system refuse larger files, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@both
def test_a_list_that_does_not_fit_on_the_disk_stays_as_it_was(
    index: FolderIndex, root: Path, tmp_path: Path, target: str
) -> None:
    for number in range(12):
        index.upload(package(tmp_path, target, f"0.{number}.0"))
    before = (root / LISTS[target]).read_bytes()
    upload = package(tmp_path, target)
    assert len(upload.data) < len(before)
    with small_files(len(before)), pytest.raises(PackageIndexError, match=r"cannot write .*: File too large"):
        index.upload(upload)
    assert (root / LISTS[target]).read_bytes() == before
    index.upload(upload)
    assert versions(index, target)[-1] == "1.0.0"
    assert not [path for path in root.rglob(".*") if path.is_file()]


def test_where_nothing_can_be_written_this_is_told(index: FolderIndex, root: Path, tmp_path: Path) -> None:
    index.check_access()
    assert not root.exists()
    root.write_bytes(b"a file")
    for work in (index.check_access, lambda: index.upload(package(tmp_path, "python"))):
        with pytest.raises(PackageIndexError, match=f"cannot write {root}: ") as caught:
            work()
        assert (caught.value.where, caught.value.exit_code) == ("shop", 5)


@both
def test_what_is_no_list_is_not_written_over(index: FolderIndex, root: Path, tmp_path: Path, target: str) -> None:
    path = root / LISTS[target]
    path.parent.mkdir(parents=True)
    path.write_text("<title>Sign in</title>")
    with pytest.raises(PackageIndexError, match="cannot be read"):
        index.upload(package(tmp_path, target))
    with pytest.raises(PackageIndexError, match="cannot be read"):
        index.withdraw(target, NAMES[target], "1.0.0", "is wrong")
    assert path.read_text() == "<title>Sign in</title>"


def test_two_who_write_at_once_lose_nothing(index: FolderIndex, root: Path, tmp_path: Path) -> None:
    numbers = [f"{major}.{minor}.0" for major in (1, 2) for minor in range(8)]
    made = {number: [make(tmp_path, "user", number) for make in (make_wheel, make_tarball)] for number in numbers}
    halves = [[str(one) for number in numbers if number[0] == half for one in made[number]] for half in "12"]
    running = [subprocess.Popen([sys.executable, "-c", MANY, str(root), *half]) for half in halves]
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    for target in NAMES:
        assert sorted(versions(index, target)) == sorted(numbers)


def test_a_reason_is_kept_whatever_is_in_it(index: FolderIndex, root: Path, tmp_path: Path) -> None:
    index.upload(package(tmp_path, "python"))
    index.withdraw("python", "acme-user", "1.0.0", '"> <b>ü</b> & more')
    assert 'data-yanked="&quot;&gt; &lt;b&gt;ü&lt;/b&gt; &amp; more"' in (root / LISTS["python"]).read_text("utf-8")
    index.upload(package(tmp_path, "python", "1.1.0"))
    assert [one.is_withdrawn for one in index.list_files("python", "acme-user")] == [True, False]


def test_npm_finds_tarballs_where_a_server_shows_them(root: Path, tmp_path: Path, surroundings: Surroundings) -> None:
    table = IndexTable("directory", root.name, served_at="https://files.acme.example/team/")
    directory.make("shop", table, surroundings).upload(package(tmp_path, "node"))
    document = json.loads((root / "npm/@acme/user").read_bytes())
    expected = "https://files.acme.example/team/npm/@acme/-/user-1.0.0.tgz"
    assert document["versions"]["1.0.0"]["dist"]["tarball"] == expected


def test_an_impossible_address_of_a_server_is_refused(root: Path, surroundings: Surroundings) -> None:
    with pytest.raises(ConfigurationError) as caught:
        directory.make("shop", IndexTable("directory", root.name, served_at="files.acme.example"), surroundings)
    assert caught.value.where == "protoctl.toml: indexes.shop.served-at"


def test_a_link_tells_the_pythons_that_a_package_runs_on(index: FolderIndex, root: Path, tmp_path: Path) -> None:
    metadata = b"Metadata-Version: 2.1\nName: acme-user\nVersion: 1.0.0\nRequires-Python: >=3.9\n"
    sdist = pack_tgz({"acme_user-1.0.0/PKG-INFO": metadata, "acme_user-1.0.0/egg/PKG-INFO": b"Requires-Python: >=4"})
    index.upload(Upload("python", "acme-user", "1.0.0", "acme_user-1.0.0.tar.gz", sdist))
    assert 'data-requires-python="&gt;=3.9"' in (root / LISTS["python"]).read_text()
    plain = make_sdist(tmp_path, "user", "1.0.0")
    assert requires_python(plain.name, plain.read_bytes()) == requires_python("x.whl", b"no archive") == ""
