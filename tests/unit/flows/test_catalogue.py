"""What was released of a module: read from every index, in order, with nothing that misleads the next version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from parcels import make_sdist, make_tarball, make_wheel, schema_of
from scripted_server import Reply, free_port, scripted

from protoctl.errors import (
    AbsentIndexError,
    ArtifactError,
    ConfigurationError,
    OriginError,
    PackageIndexError,
    UsageError,
)
from protoctl.flows.catalogue import CONNECTIONS, fetch_embedded, find_distribution, read_histories
from protoctl.flows.session import Options
from protoctl.kit.digest import digest_bytes
from protoctl.model.event import Event, Level
from protoctl.versioning.release import parse_release
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Workspace

    from protoctl.flows.published import Published

TABLE = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n'
SHOP = '[indexes.shop]\nkind = "directory"\nurl = "shop"\n'
MIRROR = '[indexes.mirror]\nkind = "directory"\nurl = "mirror"\n'


class Shop:
    """A workspace with the modules `user` and `order_items` and an index in a folder."""

    def __init__(self, workspace: Workspace, cache: Path) -> None:
        """Take the workspace, whose index is empty, and a cache folder."""
        self.folder = workspace.root / "shop"
        self.workspace = workspace
        self.options = Options(cache)
        self.events: list[Event] = []
        self.folder.mkdir()
        for module in ("user", "order_items"):
            workspace.proto(f"acme/{module}/v1/{module}.proto")
        self.configure(SHOP)

    def configure(self, indexes: str) -> None:
        """Set the indexes."""
        self.workspace.configure(TABLE + indexes)

    def add_wheel(self, version: str, *, is_ours: bool = True, at: str = "shop") -> Path:
        """Put a wheel of `user` on the index."""
        return make_wheel(self.workspace.root / at / "simple/acme-user", "user", version, is_ours=is_ours)

    def add_sdist(self, version: str) -> Path:
        """Put an sdist of `user` on the index."""
        return make_sdist(self.folder / "simple/acme-user", "user", version)

    def add_tarball(self, version: str) -> Path:
        """Put a tarball of `user` on the index."""
        made = make_tarball(self.folder / "npm/@acme/-", "user", version)
        return made.rename(made.with_name(made.name.removeprefix("acme-")))

    def add_page(self, *wheels: Path, more: str = "") -> None:
        """Write a page that lists wheels with their digests, and attributes of the last one's link."""
        links = [f'href="{one.name}#sha256={digest_bytes(one.read_bytes())}"' for one in wheels]
        text = "".join(f"<a {link}>x</a>" for link in [*links[:-1], f"{links[-1]} {more}"])
        wheels[0].with_name("index.html").write_text(text)

    def history(self, module: str = "user") -> Published:
        """Give what is known of a module."""
        workspace = discover(self.workspace.root)
        return read_histories(workspace, [module], self.options, self.events.append)[module]

    def fetch(self, version: str) -> bytes:
        """Give the schema that a version carries."""
        release = parse_release(version)
        workspace = discover(self.workspace.root)
        return fetch_embedded(workspace, self.history(), release, self.options, self.events.append).descriptors

    def find(self, text: str) -> tuple[str, str]:
        """Give module and version that a text names."""
        history, release = find_distribution(discover(self.workspace.root), text, self.options, self.events.append)
        return history.module, release.python

    def notes(self) -> list[str]:
        """Give what was told."""
        assert {event.level for event in self.events} <= {Level.NOTE}
        return [event.text for event in self.events]


@pytest.fixture
def shop(workspace: Workspace, tmp_path: Path) -> Shop:
    """Give a shop."""
    return Shop(workspace, tmp_path / "cache")


def test_versions_are_in_order_whichever_was_uploaded_last(shop: Shop) -> None:
    ascending = ["2.0.0", "9.1.0", "10.0.0rc1", "10.0.0", "10.1.0.dev3"]
    for version in reversed(ascending):
        shop.add_wheel(version)
        shop.add_tarball(version)
    history = shop.history()
    assert [one.release.python for one in history.publications] == [
        "2.0.0",
        "9.1.0",
        "10.0.0rc1",
        "10.0.0",
        "10.1.0.dev3",
    ]
    assert history.last
    assert history.last.release == parse_release("10.0.0")
    assert shop.notes() == []


def test_files_of_one_version_belong_together(shop: Shop) -> None:
    shop.add_sdist("1.0.0rc1")
    shop.add_tarball("1.0.0rc1")
    shop.add_wheel("1.0.0rc1")
    (publication,) = shop.history().publications
    assert publication.release.npm == "1.0.0-rc.1"
    assert [(one.index.name, one.target, one.listed.file) for one in publication.offers] == [
        ("shop", "python", "acme_user-1.0.0rc1-py3-none-any.whl"),
        ("shop", "node", "user-1.0.0-rc.1.tgz"),
        ("shop", "python", "acme_user-1.0.0rc1.tar.gz"),
    ]


def test_a_module_that_was_never_released_has_no_last_release(shop: Shop) -> None:
    history = shop.history("order_items")
    assert history.publications == ()
    assert history.last is None
    assert history.taken == frozenset()


def test_what_is_no_release_is_no_baseline(shop: Shop) -> None:
    shop.add_wheel("1.0.0.dev0")
    shop.add_wheel("1.0.0a1")
    assert shop.history().last is None
    assert shop.history().taken == {"1.0.0.dev0", "1.0.0a1"}


def test_a_withdrawn_version_is_taken_and_no_baseline(shop: Shop) -> None:
    shop.add_page(shop.add_wheel("1.0.0"), shop.add_wheel("1.1.0"), more="data-yanked")
    history = shop.history()
    assert history.last
    assert history.last.release.python == "1.0.0"
    assert history.taken == {"1.0.0", "1.1.0"}
    assert [one.python for one in history.live] == ["1.0.0"]
    assert [one.python for one in history.withdrawn] == ["1.1.0"]


def test_a_version_that_is_withdrawn_in_one_language_only_is_still_in_use(shop: Shop) -> None:
    shop.add_page(shop.add_wheel("1.1.0"), more="data-yanked")
    shop.add_tarball("1.1.0")
    history = shop.history()
    assert history.last
    assert history.last.offers[0].listed.file == "user-1.1.0.tgz"


def test_what_is_half_published_is_told_and_taken(shop: Shop) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"):
        shop.add_wheel(version)
    shop.add_tarball("1.4.0")
    history = shop.history()
    assert shop.notes() == ["user: half published: shop has no node package of 1.1.0, 1.2.0, 1.3.0 and 1 more"]
    assert "1.0.0" in history.taken


def test_what_is_on_one_index_and_not_on_the_other_is_told(shop: Shop) -> None:
    shop.configure(SHOP + MIRROR)
    for at, version in (("shop", "1.0.0"), ("shop", "1.1.0"), ("mirror", "1.0.0")):
        shop.add_wheel(version, at=at)
    shop.add_tarball("1.0.0")
    shop.add_tarball("1.1.0")
    assert [len(one.offers) for one in shop.history().publications] == [3, 2]
    assert shop.notes() == ["user: half published: mirror has no python package of 1.1.0"]


def test_a_file_that_is_not_the_same_everywhere_is_told(shop: Shop) -> None:
    shop.configure(SHOP + MIRROR)
    for at in ("shop", "mirror"):
        wheels = [shop.add_wheel("1.0.0", at=at), shop.add_wheel("1.1.0", at=at, is_ours=at == "shop")]
        shop.add_page(*wheels)
    shop.history()
    assert shop.events == [
        Event("user: acme_user-1.1.0-py3-none-any.whl is not the same on mirror and shop", Level.WARNING)
    ]


def test_versions_of_others_are_left_out_and_told(shop: Shop) -> None:
    for version in ("1.0.0", "1.0.0.post1", "1!2.0.0", "1.0.0+local"):
        shop.add_wheel(version)
        shop.add_tarball("1.0.0")
    assert [one.release.python for one in shop.history().publications] == ["1.0.0"]
    assert shop.notes() == [
        "user: versions that are none of protoctl's are left out: 1!2.0.0, 1.0.0+local, 1.0.0.post1"
    ]


def test_each_index_is_asked_about_each_distribution_once(shop: Shop) -> None:
    entry = {"filename": "acme_user-1.0.0-py3-none-any.whl", "url": "/x.whl"}
    page = json.dumps({"meta": {"api-version": "1.0"}, "files": [entry]}).encode()
    document = b'{"name": "@acme/user", "versions": {}}'
    with scripted() as server:
        server.answer("/simple/acme-user/", Reply(page, headers={"Content-Type": "application/json"}))
        server.answer("/npm/@acme%2Fuser", Reply(document))
        server.answer("/simple/acme-order-items/", Reply(page, headers={"Content-Type": "application/json"}))
        server.answer("/npm/@acme%2Forder-items", Reply(document.replace(b"user", b"order-items")))
        shop.configure(
            f'[indexes.a]\nkind = "pypi"\nurl = "{server.url}/simple/"\n'
            f'[indexes.b]\nkind = "npm"\nurl = "{server.url}/npm/"\n'
        )
        workspace = discover(shop.workspace.root)
        histories = read_histories(workspace, ["user", "order_items"], shop.options, shop.events.append)
    assert [len(histories[name].publications) for name in ("user", "order_items")] == [1, 0]
    assert sorted(server.paths) == sorted(server.replies)


def test_without_an_index_it_is_said_how_to_begin(shop: Shop) -> None:
    shop.configure("")
    with pytest.raises(ConfigurationError, match="no index is configured") as caught:
        shop.history()
    assert '[indexes.internal]\nkind = "pypi"' in caught.value.hint


def test_an_index_that_is_down_is_no_empty_index(shop: Shop) -> None:
    shop.configure(f'{SHOP}[indexes.far]\nkind = "npm"\nurl = "http://127.0.0.1:{free_port()}/"\n')
    with pytest.raises(PackageIndexError, match="Connection refused") as caught:
        shop.history()
    assert caught.value.where == "far"


def test_every_index_that_fails_is_told_and_none_is_waited_for_twice(shop: Shop) -> None:
    for name in ("billing", "common", "ledger", "orders", "pay", "secret", "stock", "store"):
        shop.workspace.proto(f"acme/{name}/v1/{name}.proto")
    with scripted() as server:
        shop.configure(
            f'[indexes.closed]\nkind = "pypi"\nurl = "{server.url}/simple/"\n'
            f'[indexes.far]\nkind = "npm"\nurl = "{server.url}/npm/"\n'
            f"{SHOP}"
        )
        for module in discover(shop.workspace.root).modules:
            server.answer(f"/simple/acme-{module.replace('_', '-')}/", Reply(status=403))
        workspace = discover(shop.workspace.root)
        with pytest.raises(PackageIndexError, match="2 indexes cannot be asked") as caught:
            read_histories(workspace, list(workspace.modules), shop.options, shop.events.append)
    assert "closed: refuses with 403" in caught.value.said
    assert "far: is not there" in caught.value.said
    assert len([path for path in server.paths if path.startswith("/simple/")]) <= CONNECTIONS < len(workspace.modules)


def test_an_index_that_lists_anything_is_there(shop: Shop) -> None:
    """CodeArtifact has no page at its own address."""
    entry = {"filename": "acme_user-1.0.0-py3-none-any.whl", "url": "/x.whl"}
    page = json.dumps({"meta": {"api-version": "1.0"}, "files": [entry]}).encode()
    with scripted() as server:
        shop.configure(f'[indexes.aws]\nkind = "pypi"\nurl = "{server.url}/simple/"\n')
        workspace = discover(shop.workspace.root)
        with pytest.raises(AbsentIndexError, match="aws: is not there"):
            read_histories(workspace, ["order_items", "user"], shop.options, shop.events.append)
        server.answer("/simple/acme-user/", Reply(page, headers={"Content-Type": "application/json"}))
        found = read_histories(workspace, ["order_items", "user"], shop.options, shop.events.append)
    assert [len(one.publications) for one in found.values()] == [0, 1]


def test_at_a_beginning_an_index_that_is_not_there_is_empty(shop: Shop) -> None:
    shop.folder.rmdir()
    workspace = discover(shop.workspace.root)
    with pytest.raises(AbsentIndexError):
        read_histories(workspace, ["user"], shop.options, shop.events.append)
    found = read_histories(workspace, ["user"], shop.options, shop.events.append, is_initial=True)
    assert found["user"].publications == ()
    assert shop.notes() == [f"shop: there is no folder {shop.folder}; it counts as empty"]


def test_offline_a_folder_is_read_and_a_server_is_not_asked(shop: Shop) -> None:
    shop.add_wheel("1.0.0")
    shop.options = Options(shop.options.cache, offline=True)
    assert shop.history().last
    shop.configure('[indexes.far]\nkind = "npm"\nurl = "http://127.0.0.1:1/"\n')
    with pytest.raises(PackageIndexError, match="cannot be asked offline"):
        shop.history()


@pytest.mark.parametrize("add", [Shop.add_wheel, Shop.add_sdist, Shop.add_tarball])
def test_what_a_version_carries_is_read(shop: Shop, add: Callable[[Shop, str], Path]) -> None:
    add(shop, "1.0.0rc1")
    assert shop.fetch("1.0.0-rc.1") == schema_of("user")


def test_a_version_that_is_not_there_is_told_with_the_nearest(shop: Shop) -> None:
    shop.add_wheel("1.0.0")
    shop.add_wheel("1.1.0")
    with pytest.raises(UsageError, match=r"user 1\.1\.1 is on no index") as caught:
        shop.fetch("1.1.1")
    assert caught.value.hint == "did you mean 1.1.0?"


def test_a_package_of_others_says_how_to_begin(shop: Shop) -> None:
    shop.add_wheel("1.0.0", is_ours=False)
    with pytest.raises(OriginError) as caught:
        shop.fetch("1.0.0")
    assert caught.value.where == "shop: acme_user-1.0.0-py3-none-any.whl"
    assert caught.value.hint == "begin with `protoctl plan --initial`"


def test_a_package_that_cannot_be_read_is_told(shop: Shop) -> None:
    shop.add_wheel("1.0.0").write_bytes(b"nothing")
    with pytest.raises(ArtifactError, match="cannot be read"):
        shop.fetch("1.0.0")


@pytest.mark.parametrize(("module", "version"), [("other", "1.0.0"), ("user", "2.0.0")])
def test_a_package_of_something_else_is_refused(shop: Shop, module: str, version: str) -> None:
    made = make_tarball(shop.folder / "npm/@acme/-", module, version)
    made.rename(made.with_name("user-1.0.0.tgz"))
    with pytest.raises(PackageIndexError, match=rf"user-1\.0\.0\.tgz holds @acme/{module} {version}"):
        shop.fetch("1.0.0")


def test_a_file_with_a_digest_is_fetched_once(shop: Shop) -> None:
    wheel = shop.add_wheel("1.0.0")
    shop.add_page(wheel)
    assert shop.fetch("1.0.0") == schema_of("user")
    wheel.unlink()
    assert shop.fetch("1.0.0") == schema_of("user")


def test_a_file_without_a_digest_is_fetched_each_time(shop: Shop) -> None:
    wheel = shop.add_wheel("1.0.0")
    shop.fetch("1.0.0")
    assert not shop.options.cache.exists()
    history = shop.history()
    wheel.unlink()
    with pytest.raises(PackageIndexError, match="there is no file"):
        fetch_embedded(discover(shop.workspace.root), history, parse_release("1.0.0"), shop.options, shop.events.append)


def test_what_was_fetched_is_kept_by_its_content(shop: Shop) -> None:
    shop.add_page(shop.add_wheel("1.0.0"))
    shop.fetch("1.0.0")
    wheel = shop.add_wheel("1.0.0")
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    shop.add_page(wheel)
    wheel.write_bytes(b"other")
    with pytest.raises(PackageIndexError, match="is not what the index lists"):
        shop.fetch("1.0.0")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("user==1.0", ("user", "1.0.0")),
        ("acme-user == 1.0.0", ("user", "1.0.0")),
        ("Acme_User==1.0.0", ("user", "1.0.0")),
        ("@acme/user==1.1.0-rc.1", ("user", "1.1.0rc1")),
        ("user==1.1.0rc1", ("user", "1.1.0rc1")),
    ],
)
def test_a_version_is_found_by_any_name_of_its_module(shop: Shop, text: str, found: tuple[str, str]) -> None:
    shop.add_wheel("1.0.0")
    shop.add_wheel("1.1.0rc1")
    assert shop.find(text) == found


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("acme-usr==1.0.0", "no module is called 'acme-usr', and none is published as it", "did you mean acme-user?"),
        ("zzz==1.0.0", "no module is called 'zzz', and none is published as it", "one of order_items, user, "),
        ("user==1.0.1", "user 1.0.1 is on no index", "did you mean 1.0.0?"),
        ("user==9", "user 9.0.0 is on no index", "did you mean 1.0.0?"),
        ("user==", "'' is no version", "write 1.4.0"),
        ("order-items==1.0.0", "order_items is on no index yet", "begin with `protoctl plan --initial`"),
    ],
)
def test_what_is_not_found_is_told_with_the_nearest(shop: Shop, text: str, sentence: str, hint: str) -> None:
    shop.add_wheel("1.0.0")
    with pytest.raises(UsageError) as caught:
        shop.find(text)
    assert caught.value.what == sentence
    assert caught.value.hint.startswith(hint)
