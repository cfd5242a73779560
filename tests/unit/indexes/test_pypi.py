"""A Python index: its answers, and what it answers when it is none."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from scripted_server import Reply

from protoctl.errors import AbsentIndexError, ArtifactError, ConfigurationError, PackageIndexError
from protoctl.indexes import pypi
from protoctl.model.configuration import IndexTable
from protoctl.model.index import Listed, Upload

if TYPE_CHECKING:
    from pathlib import Path

    from scripted_server import Asked, ScriptedServer

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


@pytest.mark.parametrize(
    ("url", "uploads"),
    [
        ("https://shop.example/simple/", "https://shop.example/"),
        ("https://shop.example/joe/dev/+simple/", "https://shop.example/joe/dev/"),
        ("https://shop.example/repository/python/simple", "https://shop.example/repository/python/"),
        ("https://shop.example/index/", ""),
        ("https://shop.example/notsimple/", ""),
    ],
)
def test_the_address_of_a_simple_repository_tells_where_uploads_go(url: str, uploads: str) -> None:
    assert pypi.upload_address(url) == uploads


def test_where_nothing_tells_where_uploads_go_the_user_is_asked(surroundings: Surroundings, upload: Upload) -> None:
    index = pypi.make("shop", IndexTable("pypi", "https://shop.example/index/"), surroundings)
    for work in (index.check_access, lambda: index.upload(upload)):
        with pytest.raises(ConfigurationError) as caught:
            work()
        assert "set indexes.shop.upload-url" in caught.value.hint


def test_an_impossible_address_for_uploads_is_refused(surroundings: Surroundings) -> None:
    with pytest.raises(ConfigurationError) as caught:
        pypi.make("shop", IndexTable("pypi", "https://shop.example/simple/", "ftp://shop.example/"), surroundings)
    assert caught.value.where == "protoctl.toml: indexes.shop.upload-url"


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """Give a wheel with metadata of every shape."""
    wheel = tmp_path / WHEEL
    metadata = (
        "Metadata-Version: 2.4\nName: acme.user\nVersion: 1.0.0\nSummary: Of users\nKeywords: grpc,stubs\n"
        "Project-URL: Docs, https://docs.acme.example/\nRequires-Dist: a>1\nRequires-Dist: b\n\nreadme"
    )
    with ZipFile(wheel, "w") as archive:
        archive.writestr("acme_user-1.0.0.dist-info/METADATA", metadata)
        archive.writestr("acme_user-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    return Upload("python", "acme.user", "1.0.0", WHEEL, wheel.read_bytes())


def test_what_is_uploaded_is_what_twine_sends(index: PythonIndex, server: ScriptedServer, upload: Upload) -> None:
    server.answer("POST /", Reply())
    index.upload(upload)
    fields = read_form(server.asked[-1])
    expected = {
        ":action": [b"file_upload"],
        "protocol_version": [b"1"],
        "filetype": [b"bdist_wheel"],
        "pyversion": [b"py3"],
        "metadata_version": [b"2.4"],
        "name": [b"acme.user"],
        "version": [b"1.0.0"],
        "summary": [b"Of users"],
        "keywords": [b"grpc, stubs"],
        "project_urls": [b"Docs, https://docs.acme.example/"],
        "requires_dist": [b"a>1", b"b"],
        "description": [b"readme"],
        "sha256_digest": [hashlib.sha256(upload.data).hexdigest().encode()],
        "content": [upload.data],
    }
    assert {name: fields.get(name) for name in expected} == expected


def read_form(asked: Asked) -> dict[str, list[bytes]]:
    """Give the fields of a form by name."""
    head = f"Content-Type: {asked.headers['content-type']}\n\n".encode()
    fields: dict[str, list[bytes]] = {}
    for part in message_from_bytes(head + asked.body, policy=default).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        value = part.get_payload(decode=True)
        assert isinstance(value, bytes)
        fields.setdefault(name, []).append(value)
    return fields


def test_what_has_no_metadata_is_not_sent(index: PythonIndex, server: ScriptedServer, upload: Upload) -> None:
    with pytest.raises(ArtifactError, match="cannot be uploaded"):
        index.upload(replace(upload, data=DATA))
    assert [one for one in server.asked if one.method == "POST"] == []


def test_the_password_of_a_host_for_uploads_is_for_that_host_only(
    server: ScriptedServer, other_server: ScriptedServer, surroundings: Surroundings, upload: Upload
) -> None:
    uploads = f"{other_server.url}/legacy/"
    (surroundings.root / ".pypirc").write_text(f"[shop]\nrepository={uploads}\nusername=joe\npassword=canary\n")
    index = pypi.make("shop", IndexTable("pypi", f"{server.url}/simple/", uploads), surroundings)
    server.answer(PAGE, page())
    other_server.answer("POST /legacy/", Reply())
    index.list_files("python", "acme-user")
    index.upload(upload)
    assert ["authorization" in one.headers for one in (*server.asked, *other_server.asked)] == [False, True]
