"""A Python index: its answers, and what it answers when it is none."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from scripted_server import Reply

from protoctl.errors import AbsentIndexError, ConfigurationError, PackageIndexError
from protoctl.indexes import pypi
from protoctl.model.configuration import IndexTable
from protoctl.model.index import Listed

if TYPE_CHECKING:
    from scripted_server import ScriptedServer

    from protoctl.indexes import Surroundings
    from protoctl.indexes.pypi import PythonIndex

WHEEL = "acme_user-1.0.0-py3-none-any.whl"
DATA = b"wheel"
DIGEST = hashlib.sha256(DATA).hexdigest()
PAGE = "/simple/acme-user/"


@pytest.fixture
def index(server: ScriptedServer, surroundings: Surroundings) -> PythonIndex:
    """Give the index of a scripted server, its address without a slash at the end."""
    return pypi.make("shop", IndexTable("pypi", f"{server.url}/simple"), surroundings)


def page(**changes: Any) -> Reply:  # noqa: ANN401  any JSON value
    """Give a page with one file."""
    entry = {"filename": WHEEL, "url": f"../../files/{WHEEL}", "hashes": {"sha256": DIGEST}} | changes
    body = json.dumps({"meta": {"api-version": "1.0"}, "name": "acme-user", "files": [entry]}).encode()
    return Reply(body, headers={"Content-Type": "application/vnd.pypi.simple.v1+json"})


def test_files_are_listed_and_fetched(index: PythonIndex, server: ScriptedServer) -> None:
    server.answer(PAGE, page())
    server.answer(f"/files/{WHEEL}", Reply(DATA))
    listed = index.list_files("python", "Acme.User")
    assert listed == [Listed(WHEEL, "Acme.User", "1.0.0", f"{server.url}/files/{WHEEL}", f"sha256:{DIGEST}")]
    assert index.fetch(listed[0]) == DATA
    assert server.paths == [PAGE, f"/files/{WHEEL}"]
    assert server.asked[0].headers["accept"].startswith("application/vnd.pypi.simple.v1+json, ")


def test_another_content_is_refused(index: PythonIndex, server: ScriptedServer) -> None:
    server.answer(PAGE, page())
    server.answer(f"/files/{WHEEL}", Reply(b"other"))
    with pytest.raises(PackageIndexError, match="is not what the index lists"):
        index.fetch(index.list_files("python", "acme-user")[0])


def test_an_unknown_distribution_has_no_files(index: PythonIndex, server: ScriptedServer) -> None:
    server.answer("/simple/", Reply(b"x" * 100_000))
    assert index.list_files("python", "acme-user") == []
    assert index.list_files("python", "acme-common") == []
    assert server.paths == [PAGE, "/simple/", "/simple/acme-common/"]


def test_where_there_is_no_index_nothing_is_unknown(index: PythonIndex, server: ScriptedServer) -> None:
    with pytest.raises(AbsentIndexError) as caught:
        index.list_files("python", "acme-user")
    assert caught.value.what == f"is not there: {server.url}/simple/ answered 404"
    assert caught.value.hint.startswith(
        "correct indexes.shop.url, it often ends in /simple/; where nothing was released"
    )


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<title>Sign in</title>", headers={"Content-Type": "text/html"}),
        Reply(b'{"error": "sign in"}', headers={"Content-Type": "application/json"}),
        Reply(b"hello", headers={"Content-Type": "text/plain"}),
    ],
    ids=["login", "json", "text"],
)
def test_nonsense_is_told(index: PythonIndex, server: ScriptedServer, reply: Reply) -> None:
    server.answer(PAGE, reply)
    with pytest.raises(PackageIndexError) as caught:
        index.list_files("python", "acme-user")
    assert caught.value.what == f"is no Python index: {server.url}{PAGE}"
    assert "a login page may stand in its way" in caught.value.hint


def test_an_impossible_address_is_refused(surroundings: Surroundings) -> None:
    with pytest.raises(ConfigurationError):
        pypi.make("shop", IndexTable("pypi", "/srv/index"), surroundings)
