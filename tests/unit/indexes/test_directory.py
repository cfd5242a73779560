"""A folder as an index: by its pages, or by the files that lie there, and never by what lies elsewhere."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from parcels import make_sdist, make_tarball, make_wheel

from protoctl.errors import AbsentIndexError, ConfigurationError, PackageIndexError
from protoctl.indexes import directory
from protoctl.kit.digest import digest_bytes
from protoctl.model.configuration import IndexTable

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.indexes import Surroundings
    from protoctl.indexes.directory import FolderIndex

WHEEL = "acme_user-1.0.0-py3-none-any.whl"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder."""
    folder = tmp_path / "shared space"
    folder.mkdir()
    return folder


@pytest.fixture
def index(root: Path, surroundings: Surroundings) -> FolderIndex:
    """Give the index in it, its address relative to the workspace."""
    return directory.make("shop", IndexTable("directory", root.name), surroundings)


def write_document(root: Path, tarball: str, **dist: str) -> None:
    """Write what npm would ask for, with one version."""
    manifest = {"name": "@acme/user", "version": "1.0.0", "dist": {"tarball": tarball, **dist}, "deprecated": "old"}
    document = root / "npm/@acme/user"
    document.parent.mkdir(parents=True)
    document.write_text(json.dumps({"name": "@acme/user", "versions": {"1.0.0": manifest}}))


def test_wheels_and_sdists_that_lie_there_are_listed(index: FolderIndex, root: Path) -> None:
    wheel = make_wheel(root / "simple/acme-user", "user", "1.0.0")
    make_sdist(root / "simple/acme-user", "user", "1.1.0")
    make_wheel(root / "simple/acme-user", "other", "1.0.0")
    listed = index.list_files("python", "Acme_User")
    assert [(one.file, one.version, one.digest) for one in listed] == [
        (WHEEL, "1.0.0", ""),
        ("acme_user-1.1.0.tar.gz", "1.1.0", ""),
    ]
    assert index.fetch(listed[0]) == wheel.read_bytes()


def test_a_page_is_stronger_than_the_files(index: FolderIndex, root: Path) -> None:
    wheel = make_wheel(root / "files", "user", "1.0.0")
    page = make_wheel(root / "simple/acme-user", "user", "2.0.0").with_name("index.html")
    digest = digest_bytes(wheel.read_bytes())
    page.write_text(f'<a href="../../files/{WHEEL}#sha256={digest}" data-yanked>x</a>')
    listed = index.list_files("python", "acme-user")
    assert [(one.file, one.digest, one.is_withdrawn) for one in listed] == [(WHEEL, f"sha256:{digest}", True)]
    assert index.fetch(listed[0]) == wheel.read_bytes()
    wheel.write_bytes(b"other")
    with pytest.raises(PackageIndexError, match="is not what the index lists"):
        index.fetch(listed[0])


def test_tarballs_that_lie_there_are_listed(index: FolderIndex, root: Path) -> None:
    made = make_tarball(root, "user", "1.0.0rc1")
    target = root / "npm/@acme/-/user-1.0.0-rc.1.tgz"
    target.parent.mkdir(parents=True)
    made.rename(target)
    for name in ("user-api-1.0.0.tgz", "user-latest.tgz", "user-1.0.0.txt"):
        target.with_name(name).touch()
    listed = index.list_files("node", "@acme/user")
    assert [(one.file, one.version) for one in listed] == [("user-1.0.0-rc.1.tgz", "1.0.0-rc.1")]
    assert index.fetch(listed[0]) == target.read_bytes()


def test_a_document_is_stronger_than_the_files(index: FolderIndex, root: Path) -> None:
    write_document(root, "https://public.example/@acme/user/-/user-1.0.0.tgz", shasum="00" * 20)
    made = make_tarball(root / "npm/@acme/-", "user", "1.0.0").rename(root / "npm/@acme/-/user-1.0.0.tgz")
    made.with_name("user-2.0.0.tgz").touch()
    (listed,) = index.list_files("node", "@acme/user")
    assert (listed.file, listed.version, listed.url, listed.is_withdrawn) == (made.name, "1.0.0", made.as_uri(), True)
    with pytest.raises(PackageIndexError, match="is not what the index lists"):
        index.fetch(listed)


def test_an_unknown_distribution_has_no_files(index: FolderIndex) -> None:
    assert index.list_files("python", "acme-user") == []
    assert index.list_files("node", "@acme/user") == []


def test_a_folder_that_is_not_there_is_told(index: FolderIndex, root: Path) -> None:
    root.rmdir()
    with pytest.raises(AbsentIndexError, match="there is no folder") as caught:
        index.list_files("python", "acme-user")
    assert caught.value.hint == "begin with --initial, which makes the folder, or correct indexes.shop.url"


@pytest.mark.parametrize("href", ["../../../outside/", "/etc/", "file:///etc/", "https://other.example/", "link/"])
def test_what_lies_elsewhere_is_not_fetched(index: FolderIndex, root: Path, href: str) -> None:
    outside = make_wheel(root.parent / "outside", "user", "1.0.0")
    page = root / "simple/acme-user/index.html"
    page.parent.mkdir(parents=True)
    (page.parent / "link").symlink_to(outside.parent)
    page.write_text(f'<a href="{href}{WHEEL}">x</a>')
    (listed,) = index.list_files("python", "acme-user")
    with pytest.raises(PackageIndexError, match="lies outside"):
        index.fetch(listed)


def test_a_file_that_is_not_there_is_told(index: FolderIndex, root: Path) -> None:
    page = root / "simple/acme-user/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{WHEEL}">x</a>')
    with pytest.raises(PackageIndexError, match="there is no file"):
        index.fetch(index.list_files("python", "acme-user")[0])


def test_a_pipe_is_not_waited_for(index: FolderIndex, root: Path) -> None:
    folder = root / "simple/acme-user"
    folder.mkdir(parents=True)
    os.mkfifo(folder / WHEEL)
    with pytest.raises(PackageIndexError, match="there is no file"):
        index.fetch(index.list_files("python", "acme-user")[0])


def test_files_are_bounded(root: Path, surroundings: Surroundings) -> None:
    limits = replace(surroundings.limits, file=10, page=10)
    index = directory.make("shop", IndexTable("directory", str(root)), replace(surroundings, limits=limits))
    make_wheel(root / "simple/acme-user", "user", "1.0.0")
    with pytest.raises(PackageIndexError, match="is larger than 10 bytes"):
        index.fetch(index.list_files("python", "acme-user")[0])
    (root / "simple/acme-user/index.html").write_text("x" * 11)
    with pytest.raises(PackageIndexError, match="is larger than 10 bytes"):
        index.list_files("python", "acme-user")


@pytest.mark.parametrize(("target", "path"), [("python", "simple/acme-user/index.html"), ("node", "npm/@acme/user")])
def test_nonsense_is_told(index: FolderIndex, root: Path, target: str, path: str) -> None:
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text("hello")
    with pytest.raises(PackageIndexError, match=r"says of @?acme.user cannot be read"):
        index.list_files(target, {"python": "acme-user", "node": "@acme/user"}[target])


def test_what_the_system_refuses_is_told(index: FolderIndex, root: Path) -> None:
    (root / "simple").mkdir()
    with pytest.raises(PackageIndexError, match=r"cannot read .*: File name too long"):
        index.list_files("python", "x" * 300)


def test_a_file_address_is_a_path(root: Path, surroundings: Surroundings) -> None:
    make_wheel(root / "simple/acme-user", "user", "1.0.0")
    index = directory.make("shop", IndexTable("directory", root.as_uri()), surroundings)
    assert len(index.list_files("python", "acme-user")) == 1


@pytest.mark.parametrize("url", ["https://shop.example/simple/", "file://server/share"])
def test_an_address_that_is_no_path_is_refused(surroundings: Surroundings, url: str) -> None:
    with pytest.raises(ConfigurationError, match="an index of the kind directory is no"):
        directory.make("shop", IndexTable("directory", url), surroundings)


def test_packages_that_lie_flat_are_no_empty_index(index: FolderIndex, root: Path) -> None:
    """As an empty one, everything in it would be planned as a first release."""
    assert list(index.list_files("python", "acme-user")) == []
    make_wheel(root, "user", "1.0.0")
    with pytest.raises(PackageIndexError, match=r"acme_user-1\.0\.0-py3-none-any\.whl lies in"):
        index.list_files("python", "acme-user")
    (root / "simple").mkdir()
    assert list(index.list_files("python", "acme-user")) == []
