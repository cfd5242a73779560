"""An npm registry: its answers, and what it answers when it is none."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from scripted_server import Reply

from protoctl.errors import AbsentIndexError, ConfigurationError, PackageIndexError
from protoctl.indexes import npm
from protoctl.model.configuration import IndexTable
from protoctl.model.index import Listed

if TYPE_CHECKING:
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
