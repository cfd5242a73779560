"""Packages go to real registries with their own clients, and come back as releases of the workspace."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zipfile import ZipFile

import pytest
from asking import QUICK
from conftest import copy_sample, succeed
from loopback import serve
from node_programs import npm
from parcels import make_tarball, make_wheel
from registries import PASSWORD, USER, VOLATILE, registry_tests
from uv import find_uv_bin

from protoctl.errors import PackageIndexError, TakenError
from protoctl.flows.catalogue import fetch_embedded, read_histories
from protoctl.flows.deliver import deliver
from protoctl.flows.session import Options
from protoctl.indexes import Surroundings, load_index, pypi
from protoctl.indexes.directory import FolderIndex
from protoctl.kit.digest import digest_bytes
from protoctl.model.artifact import Artifact
from protoctl.model.configuration import Configuration, IndexTable, WorkspaceTable
from protoctl.model.event import silent
from protoctl.model.index import Upload
from protoctl.publishing.shipment import Consignment
from protoctl.schema.view import read_files
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Sample
    from registries import Kind, Registry

    from protoctl.model.event import Event
    from protoctl.model.index import Index, Listed

pytestmark = registry_tests
COMMON = {"python": "acme-common", "node": "@acme/common"}


class Served(NamedTuple):
    """Where packages are read."""

    kind: Kind
    url: str


def list_common(registry: Registry | Served, target: str, home: Path, **variables: str) -> list[Listed]:
    """Give what a registry lists of `common`, asked by a user with a home and variables."""
    table = IndexTable(registry.kind, registry.url)
    configuration = Configuration(WorkspaceTable("acme", ("acme/*",)), indexes={"shop": table})
    index = load_index("shop", configuration, Surroundings(home, {"HOME": str(home), **variables}, QUICK))
    return list(index.list_files(target, COMMON[target]))


@pytest.fixture(scope="module")
def root(
    tmp_path_factory: pytest.TempPathFactory,
    sample: Sample,
    devpi: Registry,
    pypiserver: Registry,
    verdaccio: Registry,
) -> Path:
    """Give the sample workspace with two indexes.

    What was built of `common` is on every registry, 1.0.0 on devpi only.
    """
    root = copy_sample(tmp_path_factory.mktemp("released") / "acme")
    python = sorted((sample.dist / "python").glob("acme_common-*"))
    for registry in (devpi, pypiserver):
        registry.upload(*python)
    verdaccio.upload(*(sample.dist / "node").glob("acme-common-*"))
    devpi.upload(make_wheel(root / "more", "common", "1.0.0"))
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[indexes.devpi]\nkind = "pypi"\nurl = "{devpi.url}"\n')
        stream.write(f'\n[indexes.verdaccio]\nkind = "npm"\nurl = "{verdaccio.url}"\n')
    return root


def test_releases_are_read_from_the_registries_of_a_workspace(
    root: Path, verdaccio: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NPM_CONFIG_USERCONFIG", str(verdaccio.folder / ".npmrc"))
    events: list[Event] = []
    workspace = discover(root)
    histories = read_histories(workspace, list(workspace.modules), Options(tmp_path), events.append)
    common = histories["common"]
    preview, release = common.publications
    assert common.last == release
    assert release.release.python == "1.0.0"
    assert sorted((one.index.name, one.listed.file) for one in preview.offers) == [
        ("devpi", "acme_common-0.1.0.dev0-py3-none-any.whl"),
        ("devpi", "acme_common-0.1.0.dev0.tar.gz"),
        ("verdaccio", "common-0.1.0-dev.0.tgz"),
    ]
    assert {len(history.publications) for name, history in histories.items() if name != "common"} == {0}
    assert [event.text for event in events] == ["common: half published: verdaccio has no node package of 1.0.0"]
    embedded = fetch_embedded(workspace, common, preview.release, Options(tmp_path), events.append)
    assert (embedded.kind, embedded.record.module) == ("wheel", "common")
    assert set(read_files(embedded.descriptors)) >= set(workspace.modules["common"].files)


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("name", ["USERNAME", "netrc"])
def test_a_registry_that_asks_who_is_there_is_told(pypiserver: Registry, tmp_path: Path, name: str) -> None:
    if name == "netrc":
        found = list_common(pypiserver, "python", pypiserver.folder)
    else:
        pair = {"PROTOCTL_INDEX_SHOP_USERNAME": USER, "PROTOCTL_INDEX_SHOP_PASSWORD": PASSWORD}
        found = list_common(pypiserver, "python", tmp_path, **pair)
    assert {one.version for one in found} == {"0.1.0.dev0"}


@pytest.mark.usefixtures("root")
def test_a_token_of_npm_opens_its_registry(verdaccio: Registry, tmp_path: Path) -> None:
    token = (verdaccio.folder / ".npmrc").read_text().strip().rpartition("=")[2]
    assert list_common(verdaccio, "node", tmp_path, PROTOCTL_INDEX_SHOP_TOKEN=token)
    (tmp_path / ".npmrc").write_text(f"{verdaccio.url.removeprefix('http:')}:_authToken=${{MY_TOKEN}}\n")
    assert list_common(verdaccio, "node", tmp_path, MY_TOKEN=token)


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("word", ["", "wrong-canary"])
@pytest.mark.parametrize(("store", "target"), [("pypiserver", "python"), ("verdaccio", "node")])
def test_a_registry_that_refuses_is_no_empty_one(
    request: pytest.FixtureRequest, tmp_path: Path, store: str, target: str, word: str
) -> None:
    registry: Registry = request.getfixturevalue(store)
    pair = {"PROTOCTL_INDEX_SHOP_USERNAME": USER, "PROTOCTL_INDEX_SHOP_PASSWORD": word} if word else {}
    with pytest.raises(PackageIndexError, match=r"refuses with 40[13]") as caught:
        list_common(registry, target, tmp_path, **pair)
    assert "canary" not in str(caught.value)
    assert "PROTOCTL_INDEX_SHOP_PASSWORD" in caught.value.hint


@pytest.mark.usefixtures("root")
def test_a_deprecated_version_is_withdrawn(verdaccio: Registry) -> None:
    verdaccio.run_npm("deprecate", "@acme/common@0.1.0-dev.0", "use another")
    assert [one.is_withdrawn for one in list_common(verdaccio, "node", verdaccio.folder)] == [True]
    verdaccio.run_npm("deprecate", "@acme/common@0.1.0-dev.0", "")
    assert [one.is_withdrawn for one in list_common(verdaccio, "node", verdaccio.folder)] == [False]


def test_where_files_can_be_replaced_none_is(devpi: Registry, tmp_path: Path) -> None:
    url = devpi.url.replace("/dev/", f"/{VOLATILE}/")
    index = pypi.make("shop", IndexTable("pypi", url), Surroundings(devpi.folder, {"HOME": str(devpi.folder)}, QUICK))
    wheel = make_wheel(tmp_path, "common", "1.0.0")
    data = wheel.read_bytes()
    deliver_wheel(index, data)
    with ZipFile(wheel, "a") as archive:
        archive.writestr("more", "more")
    with pytest.raises(TakenError, match=r"acme-common 1\.0\.0 is taken by another"):
        deliver_wheel(index, wheel.read_bytes())
    (listed,) = index.list_files("python", "acme-common")
    assert index.fetch(listed) == data


def deliver_wheel(index: Index, data: bytes) -> None:
    """Let an index have a wheel of `common`."""
    path = "python/acme_common-1.0.0-py3-none-any.whl"
    artifact = Artifact(path, "common", "python", "acme-common", "1.0.0", digest_bytes(data), "", "")
    deliver(Consignment("shop", "python", "acme-common", "1.0.0", (artifact,)), index, {path: data}, 10, silent)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """Give an index in a folder that a web server shows, with two versions, the later one withdrawn."""
    (tmp_path / "consumer").mkdir()
    (tmp_path / "consumer/package.json").write_text("{}")
    with serve(tmp_path / "root") as server:
        served_at = server.url.removesuffix("/simple/")
        index = FolderIndex("shop", tmp_path / "root", QUICK, served_at)
        for version in ("1.0.0", "1.1.0"):
            wheel, tarball = (make(tmp_path, "common", version) for make in (make_wheel, make_tarball))
            index.upload(Upload("python", "acme-common", version, wheel.name, wheel.read_bytes()))
            index.upload(Upload("node", "@acme/common", version, tarball.name, tarball.read_bytes(), "next"))
        index.set_tag("@acme/common", "1.0.0", "latest")
        index.withdraw("python", "acme-common", "1.1.0", "is wrong")
        index.withdraw("node", "@acme/common", "1.1.0", "is wrong")
        yield Folder(index, served_at, tmp_path / "consumer")


@dataclass(frozen=True)
class Folder:
    """An index in a folder, and who installs from it."""

    index: FolderIndex
    served_at: str
    consumer: Path

    def pip(self, *arguments: str) -> list[str]:
        """Let pip download, and give the names of what it has then."""
        command = [sys.executable, "-m", "pip", "download", "--isolated", "--no-deps", "--no-cache-dir"]
        succeed(*command, "--index-url", f"{self.served_at}/simple/", *arguments, cwd=self.consumer)
        return [path.name for path in self.consumer.glob("*.whl")]

    def uv(self, *arguments: str) -> list[str]:
        """Let uv install, and give the names of what it has then."""
        command = [find_uv_bin(), "pip", "install", "--no-config", "--no-cache", "--target", "uv"]
        index = ["--python", sys.executable, "--default-index", f"{self.served_at}/simple/"]
        succeed(*command, *index, *arguments, cwd=self.consumer)
        return [path.name for path in self.consumer.glob("uv/*.dist-info")]

    def npm(self, *arguments: str) -> str:
        """Let npm install, and give the version that it has then."""
        options = (f"--@acme:registry={self.served_at}/npm/", "--no-audit", "--cache=cache", "--fetch-retries=0")
        npm("install", *arguments, *options, cwd=self.consumer)
        installed = json.loads((self.consumer / "node_modules/@acme/common/package.json").read_bytes())
        return str(installed["version"])


def test_pip_uv_and_npm_install_from_a_folder_behind_a_web_server(folder: Folder) -> None:
    assert folder.pip("acme-common") == ["acme_common-1.0.0-py3-none-any.whl"]
    assert folder.uv("acme-common") == ["acme_common-1.0.0.dist-info"]
    assert folder.npm("@acme/common") == "1.0.0"
    assert folder.npm("@acme/common@1.1.0") == "1.1.0"
    assert "acme_common-1.1.0-py3-none-any.whl" in folder.pip("acme-common==1.1.0")


def test_pip_and_npm_refuse_what_was_replaced_in_a_folder(folder: Folder) -> None:
    root = folder.index.folder.root
    for path in root.glob("simple/*/*.whl"):
        with ZipFile(path, "a") as archive:
            archive.writestr("more", "more")
    for path in root.glob("npm/*/-/*.tgz"):
        path.write_bytes(path.read_bytes() + b" ")
    refusals: list[tuple[Callable[[str], object], str, str]] = [
        (folder.pip, "acme-common", "DO NOT MATCH THE HASHES"),
        (folder.npm, "@acme/common", "EINTEGRITY"),
    ]
    for install, name, words in refusals:
        with pytest.raises(AssertionError, match=words):
            install(name)


def test_a_folder_behind_a_web_server_is_what_protoctl_reads_over_http(folder: Folder, tmp_path: Path) -> None:
    places = {
        "python": Served("pypi", f"{folder.served_at}/simple/"),
        "node": Served("npm", f"{folder.served_at}/npm/"),
    }
    for target, place in places.items():
        served = list_common(place, target, tmp_path)
        read = folder.index.list_files(target, COMMON[target])
        assert [(one.file, one.version, one.digest, one.is_withdrawn, one.tags) for one in served] == [
            (one.file, one.version, one.digest, one.is_withdrawn, one.tags) for one in read
        ]
        assert {(one.version, one.is_withdrawn) for one in served} == {("1.0.0", False), ("1.1.0", True)}
