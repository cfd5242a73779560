"""Packages go to real registries with their own clients, and come back as releases of the workspace."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from asking import QUICK
from conftest import copy_sample, succeed
from loopback import serve
from node_programs import npm
from parcels import make_tarball, make_wheel
from registries import PASSWORD, USER, registry_tests

from protoctl.errors import PackageIndexError
from protoctl.flows.catalogue import fetch_embedded, read_histories
from protoctl.flows.session import Options
from protoctl.indexes import Surroundings, load_index
from protoctl.model.configuration import Configuration, IndexTable, WorkspaceTable
from protoctl.schema.view import read_files
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Sample
    from registries import Kind, Registry

    from protoctl.model.event import Event
    from protoctl.model.index import Listed

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


def test_a_folder_behind_a_web_server_serves_pip_and_npm(tmp_path: Path) -> None:
    """The layout of an index of the kind `directory`, without and with a server."""
    root, consumer = tmp_path / "root", tmp_path / "consumer"
    consumer.mkdir()
    make_wheel(root / "simple/acme-common", "common", "1.0.0")
    tarball = make_tarball(root / "npm/@acme/-", "common", "1.0.0").rename(root / "npm/@acme/-/common-1.0.0.tgz")
    with serve(root) as server:
        npm_url = server.url.replace("/simple/", "/npm/")
        write_document(root / "npm/@acme/common", tarball, f"{npm_url}@acme/-/{tarball.name}")
        command = [sys.executable, "-m", "pip", "download", "--isolated", "--no-deps", "--index-url", server.url]
        succeed(*command, "acme-common", cwd=consumer)
        (consumer / "package.json").write_text("{}")
        npm("install", "@acme/common", f"--@acme:registry={npm_url}", cwd=consumer)
        read = {
            "python": [Served("pypi", server.url)],
            "node": [Served("npm", npm_url), Served("directory", str(root))],
        }
        found = [list_common(one, target, tmp_path) for target, places in read.items() for one in places]
    assert (consumer / "acme_common-1.0.0-py3-none-any.whl").is_file()
    assert (consumer / "node_modules/@acme/common/protoctl/build.json").is_file()
    assert [[one.version for one in listed] for listed in found] == [["1.0.0"]] * 3
    assert found[1][0].digest == found[2][0].digest != ""


def write_document(path: Path, tarball: Path, url: str) -> None:
    """Write what npm asks for."""
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()}"
    manifest = {"name": "@acme/common", "version": "1.0.0", "dist": {"tarball": url, "integrity": integrity}}
    document = {"name": "@acme/common", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": manifest}}
    path.write_text(json.dumps(document))
