"""What every kind of index must keep; a new file below `indexes/` is held to it without being listed here.

Only a store has to be added to STORES: the fixture of a running index of that kind, to which packages can be uploaded.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Protocol
from zipfile import ZipFile

import pytest
from asking import QUICK
from parcels import make_sdist, make_tarball, make_wheel
from registries import USER, registry_tests
from scripted_server import free_port

from protoctl.errors import PackageIndexError, UsageError
from protoctl.indexes import Surroundings, index_kinds, load_index
from protoctl.kit.archive import pack_tgz, read_gzip, read_tar
from protoctl.model.configuration import Configuration, IndexTable, WorkspaceTable
from protoctl.model.index import Upload
from protoctl.packaging.embedded import read_embedded
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from pathlib import Path

    from registries import Kind

    from protoctl.model.index import Index

pytestmark = registry_tests
STORES = {"pypi": ["devpi", "pypiserver"], "npm": ["verdaccio"], "directory": ["shared_folder"]}
PAIRS = [(kind, store) for kind in index_kinds() for store in STORES.get(kind, ["none"])]
MODULE = "ledger"
DISTRIBUTIONS = {"python": "acme-ledger", "node": "@acme/ledger"}
UNKNOWN = {"python": "acme-nobody", "node": "@acme/nobody"}
GUESS = "canary-0815"
VERSIONS = ("1.0.0", "1.1.0rc1")


class Store(Protocol):
    """A running index."""

    kind: Kind
    url: str
    folder: Path

    def upload(self, *packages: Path) -> None:
        """Put packages there."""
        ...


@dataclass
class SharedFolder:
    """An index in a folder."""

    folder: Path
    kind: Kind = "directory"

    @property
    def url(self) -> str:
        """Its path."""
        return str(self.folder / "index")

    def upload(self, *packages: Path) -> None:
        """Copy packages to where they belong."""
        for package in packages:
            is_node = package.name.endswith(".tgz")
            target = self.folder / "index" / ("npm/@acme/-" if is_node else f"simple/acme-{MODULE}")
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(package, target / package.name.removeprefix("acme-"))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> SharedFolder:
    """Give an index in a folder."""
    return SharedFolder(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give packages of every kind of two versions."""
    folder = tmp_path_factory.mktemp("parcels")
    return [make(folder, MODULE, version) for make in (make_wheel, make_sdist, make_tarball) for version in VERSIONS]


@pytest.fixture(scope="session")
def filled() -> set[str]:
    """Give the addresses of the stores that have the packages."""
    return set()


def open_index(store: Store, url: str = "", password: str = "") -> Index:
    """Give the index of a store, asked by its user, or by somebody who guesses a password."""
    guess = {"PROTOCTL_INDEX_SHOP_USERNAME": USER, "PROTOCTL_INDEX_SHOP_PASSWORD": password} if password else {}
    table = IndexTable(store.kind, url or store.url)
    configuration = Configuration(WorkspaceTable("acme", ("acme/*",)), indexes={"shop": table})
    return load_index("shop", configuration, Surroundings(store.folder, {"HOME": str(store.folder), **guess}, QUICK))


@pytest.fixture(params=PAIRS, ids="-".join)
def store(request: pytest.FixtureRequest, parcels: list[Path], filled: set[str]) -> Store:
    """Give a store of each kind, with the packages."""
    found: Store = request.getfixturevalue(request.param[1])
    assert found.kind == request.param[0]
    if found.url not in filled:
        wanted = [one for one in parcels if targets_of(one) in open_index(found).targets]
        found.upload(*wanted)
        filled.add(found.url)
    return found


def targets_of(package: Path) -> str:
    """Give the target of a file."""
    return "node" if package.name.endswith(".tgz") else "python"


def test_every_kind_has_a_store() -> None:
    assert set(STORES) == set(index_kinds())


def test_what_was_uploaded_is_listed_and_fetched(store: Store, parcels: list[Path]) -> None:
    index = open_index(store)
    for target in index.targets:
        listed = index.list_files(target, DISTRIBUTIONS[target])
        uploaded = {one.read_bytes() for one in parcels if targets_of(one) == target}
        assert {parse_release(one.version).python for one in listed} == set(VERSIONS)
        assert {one.distribution for one in listed} == {DISTRIBUTIONS[target]}
        assert not any(one.is_withdrawn for one in listed)
        assert {index.fetch(one) for one in listed} == uploaded
        assert {read_embedded(one.file, index.fetch(one)).record.module for one in listed} == {MODULE}


def test_a_server_tells_digests_and_files_that_lie_there_have_none(store: Store) -> None:
    index = open_index(store)
    known = ("",) if store.kind == "directory" else ("sha256:", "sha512-")
    for target in index.targets:
        digests = [one.digest for one in index.list_files(target, DISTRIBUTIONS[target])]
        assert {one.startswith(known) for one in digests} == {True}
        assert {bool(one) for one in digests} == {store.kind != "directory"}


def upload_of(package: Path, module: str, version: str) -> Upload:
    """Give what is handed over of a package."""
    target = targets_of(package)
    name = f"acme-{module}" if target == "python" else f"@acme/{module}"
    tag = "next" if target == "node" else ""
    return Upload(target, name, version, package.name, package.read_bytes(), dist_tag=tag)


def make_upload(folder: Path, target: str, module: str, version: str = "1.0.0") -> Upload:
    """Give a wheel or a tarball to hand over."""
    make = make_wheel if target == "python" else make_tarball
    return upload_of(make(folder, module, version), module, version)


def change(upload: Upload, folder: Path) -> Upload:
    """Give another package of the same name and version."""
    other = {"python": make_wheel, "node": make_tarball}[upload.target]
    package = other(folder / "other", upload.distribution.rpartition("/")[2].removeprefix("acme-"), upload.version)
    changed = rewrite(package.name, package.read_bytes())
    assert changed != upload.data
    return replace(upload, data=changed)


def rewrite(name: str, data: bytes) -> bytes:
    """Give an archive with a file more."""
    if name.endswith(".tgz"):
        return pack_tgz({**read_tar(read_gzip(data, limit=1 << 20), limit=1 << 20), "package/more": b"more"})
    stream = BytesIO(data)
    with ZipFile(stream, "a") as archive:
        archive.writestr("more", "more")
    return stream.getvalue()


def contents(index: Index, upload: Upload) -> list[bytes]:
    """Give the bytes of each file that an index lists of a distribution."""
    return [index.fetch(one) for one in index.list_files(upload.target, upload.distribution)]


def test_what_is_handed_over_is_listed_and_fetched(store: Store, tmp_path: Path) -> None:
    index = open_index(store)
    index.check_access()
    made = [make(tmp_path, "freight", "1.0.0") for make in (make_wheel, make_sdist, make_tarball)]
    uploads = [upload_of(one, "freight", "1.0.0") for one in made if targets_of(one) in index.targets]
    for upload in uploads:
        index.upload(upload)
    for upload in uploads:
        listed = index.list_files(upload.target, upload.distribution)
        assert upload.data in contents(index, upload)
        assert {one.version for one in listed} == {"1.0.0"}
        assert all(one.digest for one in listed)


def test_who_may_not_write_is_told(store: Store, tmp_path: Path) -> None:
    if store.kind == "directory":
        pytest.skip("the system decides who may write")
    index = open_index(store, password=GUESS)
    target = next(iter(index.targets))
    upload = make_upload(tmp_path, target, "depot")
    with pytest.raises(PackageIndexError, match=r"refuses with 40[13]") as caught:
        index.upload(upload)
    assert "check the credentials from PROTOCTL_INDEX_SHOP_PASSWORD" in caught.value.hint
    assert GUESS not in f"{caught.value}{caught.getrepr(style='long')}"
    if store.kind == "npm":
        with pytest.raises(PackageIndexError, match="does not know who asks"):
            index.check_access()
    assert contents(open_index(store), upload) == []


def test_what_is_there_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    index = open_index(store)
    for target in index.targets:
        upload = make_upload(tmp_path, target, "harbour")
        index.upload(upload)
        for again in (upload, change(upload, tmp_path)):
            with suppress(PackageIndexError):
                index.upload(again)
            assert contents(index, upload) == [upload.data]


def test_a_version_is_withdrawn_and_taken_back_or_the_user_is_told(store: Store, tmp_path: Path) -> None:
    index = open_index(store)
    for target in index.targets:
        upload = make_upload(tmp_path, target, "quay")
        index.upload(upload)
        if store.kind == "pypi":
            with pytest.raises(UsageError):
                index.withdraw(target, upload.distribution, "1.0.0", "is wrong")
            continue
        index.withdraw(target, upload.distribution, "1.0.0", "is wrong")
        assert withdrawn(index, upload) == {"1.0.0"}
        assert contents(index, upload) == [upload.data]
        index.withdraw(target, upload.distribution, "1.0.0", "")
        assert withdrawn(index, upload) == set()
        with pytest.raises(PackageIndexError, match=r"has no \S+ 9\.9\.9"):
            index.withdraw(target, upload.distribution, "9.9.9", "is wrong")


def withdrawn(index: Index, upload: Upload) -> set[str]:
    """Give the versions that an index says are withdrawn."""
    return {one.version for one in index.list_files(upload.target, upload.distribution) if one.is_withdrawn}


def test_a_tag_moves_only_when_it_is_set(store: Store, tmp_path: Path) -> None:
    index = open_index(store)
    if "node" not in index.targets:
        index.set_tag("acme-pier", "1.0.0", "latest")
        return
    for version in ("1.0.0", "1.1.0"):
        index.upload(make_upload(tmp_path, "node", "pier", version))
    index.set_tag("@acme/pier", "1.0.0", "stable")
    index.set_tag("@acme/pier", "1.1.0", "latest")
    index.upload(make_upload(tmp_path, "node", "pier", "1.2.0"))
    found = {tag: one.version for one in index.list_files("node", "@acme/pier") for tag in one.tags}
    assert found == {"stable": "1.0.0", "latest": "1.1.0", "next": "1.2.0"}
    with pytest.raises(PackageIndexError):
        index.set_tag("@acme/pier", "9.9.9", "latest")


def test_what_nobody_uploaded_is_unknown(store: Store) -> None:
    index = open_index(store)
    assert [list(index.list_files(target, UNKNOWN[target])) for target in index.targets] == [[]] * len(index.targets)


def test_an_index_that_is_not_there_is_no_empty_one(store: Store) -> None:
    nobody = store.url + "/missing" if store.kind == "directory" else f"http://127.0.0.1:{free_port()}/"
    index = open_index(store, nobody)
    for target in index.targets:
        with pytest.raises(PackageIndexError) as caught:
            index.list_files(target, DISTRIBUTIONS[target])
        assert caught.value.where == "shop"
