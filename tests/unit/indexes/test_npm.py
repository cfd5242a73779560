"""An npm registry: its answers, and what it answers when it is none."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from parcels import make_tarball
from scripted_server import Reply

from protoctl.errors import AbsentIndexError, ArtifactError, ConfigurationError, PackageIndexError
from protoctl.indexes import npm
from protoctl.kit.archive import pack_tgz, read_tar
from protoctl.model.configuration import IndexTable
from protoctl.model.index import Listed, Upload

if TYPE_CHECKING:
    from pathlib import Path

    from scripted_server import ScriptedServer

    from protoctl.indexes import Surroundings
    from protoctl.indexes.npm import NodeIndex

DATA = b"tarball"
INTEGRITY = f"sha512-{base64.b64encode(hashlib.sha512(DATA).digest()).decode()}"
TARBALL = "/registry/@acme/user/-/user-1.0.0.tgz"
DOCUMENT = "/registry/@acme%2Fuser"


@pytest.fixture
def index(server: ScriptedServer, surroundings: Surroundings) -> NodeIndex:
    """Give the registry of a scripted server."""
    return npm.make("shop", IndexTable("npm", f"{server.url}/registry"), surroundings)


def document(server: ScriptedServer) -> Reply:
    """Give a package with one version."""
    dist = {"tarball": server.url + TARBALL, "integrity": INTEGRITY}
    manifest = {"name": "@acme/user", "version": "1.0.0", "dist": dist}
    return Reply(json.dumps({"name": "@acme/user", "versions": {"1.0.0": manifest}}).encode())


def test_tarballs_are_listed_and_fetched(index: NodeIndex, server: ScriptedServer) -> None:
    server.answer(DOCUMENT, document(server))
    server.answer(TARBALL, Reply(DATA))
    listed = index.list_files("node", "@acme/user")
    assert listed == [Listed("user-1.0.0.tgz", "@acme/user", "1.0.0", server.url + TARBALL, INTEGRITY)]
    assert index.fetch(listed[0]) == DATA
    assert server.paths == [DOCUMENT, TARBALL]
    assert server.asked[0].headers["accept"].startswith("application/vnd.npm.install-v1+json")


def test_another_content_is_refused(index: NodeIndex, server: ScriptedServer) -> None:
    server.answer(DOCUMENT, document(server))
    server.answer(TARBALL, Reply(b"other"))
    with pytest.raises(PackageIndexError, match="is not what the index lists"):
        index.fetch(index.list_files("node", "@acme/user")[0])


@pytest.mark.parametrize(
    "body", [b'{"error": "Not found"}', b'{"message": "404 Package Not Found"}'], ids=["error", "message"]
)
def test_a_registry_says_that_it_does_not_know_a_package(index: NodeIndex, server: ScriptedServer, body: bytes) -> None:
    server.answer(DOCUMENT, Reply(body, 404))
    assert index.list_files("node", "@acme/user") == []
    assert server.paths == [DOCUMENT]


def test_a_folder_behind_a_web_server_may_be_a_registry(index: NodeIndex, server: ScriptedServer) -> None:
    server.answer("/registry/", Reply(b"a listing"))
    assert index.list_files("node", "@acme/user") == []


def test_where_there_is_no_registry_nothing_is_unknown(index: NodeIndex, server: ScriptedServer) -> None:
    with pytest.raises(AbsentIndexError) as caught:
        index.list_files("node", "@acme/user")
    assert caught.value.what == f"is not there: {server.url}/registry/ answered 404"
    assert caught.value.hint.startswith("correct indexes.shop.url; where nothing was released yet, begin")


@pytest.mark.parametrize(
    "body", [b"<title>Sign in</title>", b'{"error": "sign in"}', b"[" * 100_000], ids=["login", "json", "deep"]
)
def test_nonsense_is_told(index: NodeIndex, server: ScriptedServer, body: bytes) -> None:
    server.answer(DOCUMENT, Reply(body))
    with pytest.raises(PackageIndexError) as caught:
        index.list_files("node", "@acme/user")
    assert caught.value.what == f"is no npm registry: {server.url}{DOCUMENT}"


def test_an_impossible_address_is_refused(surroundings: Surroundings) -> None:
    with pytest.raises(ConfigurationError):
        npm.make("shop", IndexTable("npm", "https://joe:canary@shop.example/"), surroundings)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b'{"username": "joe"}'),
        Reply(b"<title>Sign in</title>"),
        *(Reply(status=status) for status in (400, 404, 405, 501)),
    ],
    ids=lambda reply: str(reply.status),
)
def test_who_is_known_has_access_and_so_has_everybody_where_that_cannot_be_asked(
    index: NodeIndex, server: ScriptedServer, reply: Reply
) -> None:
    server.answer("/registry/-/whoami", reply)
    index.check_access()
    assert server.paths == ["/registry/-/whoami"]


def test_a_registry_that_sends_elsewhere_cannot_be_asked_who_is_known(
    index: NodeIndex, server: ScriptedServer, other_server: ScriptedServer
) -> None:
    server.answer("/registry/-/whoami", Reply(status=302, headers={"Location": f"{other_server.url}/-/whoami"}))
    index.check_access()
    assert other_server.asked == []


@pytest.mark.parametrize("reply", [Reply(status=401), Reply(status=403), Reply(b"{}")], ids=["401", "403", "nobody"])
def test_who_is_refused_has_no_access(index: NodeIndex, server: ScriptedServer, reply: Reply) -> None:
    server.answer("/registry/-/whoami", reply)
    with pytest.raises(PackageIndexError) as caught:
        index.check_access()
    assert "set PROTOCTL_INDEX_SHOP_USERNAME and " in caught.value.hint


def test_a_registry_that_fails_gives_no_access(index: NodeIndex, server: ScriptedServer) -> None:
    server.answer("/registry/-/whoami", Reply(status=500))
    with pytest.raises(PackageIndexError, match="failed 2 times"):
        index.check_access()


def test_what_is_uploaded_is_what_npm_sends(index: NodeIndex, server: ScriptedServer, tmp_path: Path) -> None:
    package = make_tarball(tmp_path, "user", "1.0.0rc1")
    data = pack_tgz({**read_tar(package.read_bytes()), "package/README.md": b"# user"})
    server.answer(f"PUT {DOCUMENT}", Reply(status=201))
    index.upload(Upload("node", "@acme/user", "1.0.0-rc.1", package.name, data, dist_tag="next"))
    sent = json.loads(server.asked[0].body)
    assert sent["dist-tags"] == {"next": "1.0.0-rc.1"}
    assert list(sent["versions"]) == ["1.0.0-rc.1"]
    manifest = sent["versions"]["1.0.0-rc.1"]
    assert sent["readme"] == manifest["readme"] == "# user"
    assert (manifest["name"], manifest["_id"]) == ("@acme/user", "@acme/user@1.0.0-rc.1")
    assert manifest["dist"]["tarball"] == f"{server.url}/registry/@acme/user/-/@acme/user-1.0.0-rc.1.tgz"
    assert manifest["dist"]["integrity"] == f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
    attachment = sent["_attachments"]["@acme/user-1.0.0-rc.1.tgz"]
    assert (base64.b64decode(attachment["data"]), attachment["length"]) == (data, len(data))


def test_what_is_no_tarball_is_not_sent(index: NodeIndex, server: ScriptedServer) -> None:
    for data in (DATA, pack_tgz({"package/index.js": b""}), pack_tgz({"package/package.json": b"[]"})):
        with pytest.raises(ArtifactError, match="is no npm tarball"):
            index.upload(Upload("node", "@acme/user", "1.0.0", "acme-user-1.0.0.tgz", data, dist_tag="next"))
    assert server.asked == []


def test_a_tag_has_a_place_of_its_own(index: NodeIndex, server: ScriptedServer) -> None:
    place = "/registry/-/package/@acme%2Fuser/dist-tags/pr-7%2Fx"
    server.answer(f"PUT {place}", Reply(status=201))
    index.set_tag("@acme/user", "1.0.0", "pr-7/x")
    assert [(one.path, one.body) for one in server.asked] == [(place, b'"1.0.0"')]


def test_what_is_deprecated_keeps_all_else(index: NodeIndex, server: ScriptedServer) -> None:
    known = {"_rev": "3-abc", "dist-tags": {}, "versions": {"1.0.0": {"x": 1}, "1.1.0": {"y": 2}}, "time": {}}
    server.answer(f"GET {DOCUMENT}", Reply(json.dumps(known).encode()))
    server.answer(f"PUT {DOCUMENT}", Reply(status=201))
    index.withdraw("node", "@acme/user", "1.0.0", "is wrong")
    assert [one.path for one in server.asked] == [f"{DOCUMENT}?write=true", DOCUMENT]
    versions = {"1.0.0": {"x": 1, "deprecated": "is wrong"}, "1.1.0": {"y": 2}}
    assert json.loads(server.asked[1].body) == {**known, "versions": versions}


def test_what_cannot_be_read_is_not_written_back(index: NodeIndex, server: ScriptedServer) -> None:
    server.answer(f"GET {DOCUMENT}", Reply(b"<title>Sign in</title>"))
    with pytest.raises(PackageIndexError, match="is no npm registry"):
        index.withdraw("node", "@acme/user", "1.0.0", "is wrong")
    assert len(server.asked) == 1


def test_uploads_go_where_they_are_taken_with_credentials_for_there(
    server: ScriptedServer, other_server: ScriptedServer, surroundings: Surroundings
) -> None:
    table = IndexTable("npm", f"{server.url}/group", f"{other_server.url}/hosted/")
    lines = [
        f"//{one.url.partition('//')[2]}/:_authToken=of-{name}\n" for one, name in ((server, "a"), (other_server, "b"))
    ]
    (surroundings.root / ".npmrc").write_text("".join(lines))
    index = npm.make("shop", table, surroundings)
    server.answer("/group/@acme%2Fuser", document(server))
    other_server.answer("/hosted/-/package/@acme%2Fuser/dist-tags/next", Reply(status=201))
    index.list_files("node", "@acme/user")
    index.set_tag("@acme/user", "1.0.0", "next")
    assert [one.headers["authorization"] for one in (*server.asked, *other_server.asked)] == [
        "Bearer of-a",
        "Bearer of-b",
    ]
