"""Uploads to servers that fail, lie and refuse: tried again when that may help, and told without a secret."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from asking import QUICK
from parcels import make_tarball, make_wheel
from scripted_server import Reply

from protoctl.errors import PackageIndexError, ProtoctlError, TakenError
from protoctl.flows.deliver import deliver
from protoctl.indexes import Surroundings, npm, pypi
from protoctl.kit.digest import digest_bytes
from protoctl.model.artifact import Artifact
from protoctl.model.configuration import IndexTable
from protoctl.model.event import silent
from protoctl.model.index import Upload
from protoctl.publishing.shipment import Consignment

if TYPE_CHECKING:
    from pathlib import Path

    from scripted_server import Asked, ScriptedServer

    from protoctl.model.index import Index

USER, PASSWORD = "joe", "canary-0815"
TAKEN = Reply(status=201)
LOGIN = Reply(b"<title>Sign in</title>", headers={"Content-Type": "text/html"})


@dataclass(frozen=True)
class Shop:
    """An index on a scripted server, and a package for it."""

    server: ScriptedServer
    index: Index
    package: Upload
    place: str
    """Where it is uploaded, as the server's script has it."""
    page: str
    """Where it is listed."""

    def listing(self, data: bytes) -> Reply:
        """Give a page that lists the package with the digest of some bytes."""
        url, name = f"{self.server.url}/file", self.package.distribution
        if self.package.target == "python":
            entry = {"filename": self.package.file, "url": url, "hashes": {"sha256": hashlib.sha256(data).hexdigest()}}
            body: dict[str, object] = {"meta": {"api-version": "1.0"}, "name": name, "files": [entry]}
        else:
            integrity = f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
            dist = {"tarball": url, "integrity": integrity}
            body = {"name": name, "versions": {"1.0.0": {"name": name, "version": "1.0.0", "dist": dist}}}
        return Reply(json.dumps(body).encode(), headers={"Content-Type": "application/vnd.pypi.simple.v1+json"})

    @property
    def uploads(self) -> list[Asked]:
        """What was sent."""
        return [one for one in self.server.asked if one.method != "GET"]

    def deliver(self) -> None:
        """Let the index have the package, and compare what it then lists."""
        name, target, sha256 = self.package.distribution, self.package.target, digest_bytes(self.package.data)
        artifact = Artifact(f"{target}/{self.package.file}", "user", target, name, "1.0.0", sha256, "", "")
        one = Consignment("shop", target, name, "1.0.0", (artifact,))
        deliver(one, self.index, {artifact.path: self.package.data}, 0, silent)


@pytest.fixture(params=["python", "node"])
def shop(request: pytest.FixtureRequest, server: ScriptedServer, tmp_path: Path) -> Shop:
    """Give an index of each kind, opened with a password; what is uploaded waits shortly for an answer."""
    pair = {"PROTOCTL_INDEX_SHOP_USERNAME": USER, "PROTOCTL_INDEX_SHOP_PASSWORD": PASSWORD}
    surroundings = Surroundings(tmp_path, {"HOME": str(tmp_path), **pair}, replace(QUICK, store=0.3))
    if request.param == "python":
        made = make_wheel(tmp_path, "user", "1.0.0")
        index: Index = pypi.make("shop", IndexTable("pypi", f"{server.url}/simple/"), surroundings)
        package = Upload("python", "acme-user", "1.0.0", made.name, made.read_bytes())
        server.answer("/simple/", Reply(b""))
        return Shop(server, index, package, "POST /", "/simple/acme-user/")
    made = make_tarball(tmp_path, "user", "1.0.0")
    index = npm.make("shop", IndexTable("npm", f"{server.url}/"), surroundings)
    package = Upload("node", "@acme/user", "1.0.0", made.name, made.read_bytes(), dist_tag="next")
    server.answer("/", Reply(b""))
    return Shop(server, index, package, "PUT /@acme%2Fuser", "GET /@acme%2Fuser")


def refusal(shop: Shop) -> str:
    """Give the words of the error that delivering ends with."""
    with pytest.raises(ProtoctlError) as caught:
        shop.deliver()
    assert (caught.value.exit_code, caught.value.where) == (5, "shop")
    secrets = (PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
    assert not any(secret in f"{caught.value}{caught.value!r}{caught.getrepr(style='long')}" for secret in secrets)
    return str(caught.value)


PASSING = {
    "500": Reply(status=500),
    "502": Reply(status=502),
    "503": Reply(status=503, headers={"Retry-After": "0"}),
    "429": Reply(status=429, headers={"Retry-After": "0"}),
    "reset": Reply(takes=100, is_lost=True),
    "lost": Reply(is_lost=True),
    "hang": Reply(wait=30),
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_sent_again_just_so(shop: Shop, fault: str) -> None:
    shop.server.answer(shop.place, PASSING[fault], TAKEN)
    shop.index.upload(shop.package)
    first, second = shop.uploads
    assert first.headers["content-length"] == second.headers["content-length"] == str(len(second.body))
    assert first.body == second.body[: len(first.body)] != b""
    assert {one.headers["authorization"] for one in shop.uploads} == {first.headers["authorization"]}


@pytest.mark.parametrize("fault", ["500", "429", "reset", "hang"])
def test_what_does_not_pass_is_told(shop: Shop, fault: str) -> None:
    shop.server.answer(shop.place, PASSING[fault])
    told = refusal(shop)
    assert f"shop: failed 2 times: {shop.server.url}/" in told
    assert len(shop.uploads) == 2


@pytest.mark.parametrize("status", [400, 403, 409, 429])
def test_a_refusal_is_told_in_the_words_of_the_index(shop: Shop, status: int) -> None:
    said = json.dumps({"errors": [{"message": "the quota of joe is used up"}]}).encode()
    shop.server.answer(shop.place, Reply(said, status))
    told = refusal(shop)
    assert f"shop: refuses with {status} as scripted: {shop.server.url}/" in told
    assert "\n  the quota of joe is used up" in told
    assert len(shop.uploads) == 1


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "check the credentials from PROTOCTL_INDEX_SHOP_PASSWORD, and what they may do"),
        (403, "check the credentials from PROTOCTL_INDEX_SHOP_PASSWORD, and what they may do"),
        (404, "-url: what is uploaded goes there"),
        (413, " were sent: raise the limit of the index, or of the proxy in front of it"),
    ],
)
def test_a_refusal_says_what_to_do(shop: Shop, status: int, hint: str) -> None:
    shop.server.answer(shop.place, Reply(status=status))
    assert hint.removeprefix("-") in refusal(shop).rpartition("hint: ")[2]


def test_a_refusal_that_repeats_the_password_does_not_get_it_printed(shop: Shop) -> None:
    pair = base64.b64encode(f"{USER}:{PASSWORD}".encode())
    body = b"x" * 590 + PASSWORD.encode() + b" \x1b[31m " + pair
    shop.server.answer(shop.place, Reply(body, 400, f"no {PASSWORD}"))
    told = refusal(shop)
    assert "no ***" in told
    assert "x***" in told
    assert "canary" not in told
    assert "\x1b" not in told


def test_a_login_page_is_told_by_its_title(shop: Shop) -> None:
    shop.server.answer(shop.place, replace(LOGIN, status=403))
    assert "\n  Sign in\n" in refusal(shop)


@pytest.mark.parametrize("status", [302, 307])
def test_an_upload_goes_to_no_other_host(shop: Shop, other_server: ScriptedServer, status: int) -> None:
    shop.server.answer(shop.place, Reply(status=status, headers={"Location": f"{other_server.url}/elsewhere"}))
    told = refusal(shop)
    assert "shop: sends an upload elsewhere: " in told
    assert f"\n  {other_server.url}/elsewhere\nhint: correct indexes.shop." in told
    assert other_server.asked == []


def test_an_upload_follows_on_its_host_where_it_is_sent_again(shop: Shop) -> None:
    shop.server.answer(shop.place, Reply(status=308, headers={"Location": "/moved"}))
    shop.server.answer("/moved", TAKEN)
    shop.index.upload(shop.package)
    assert [one.path for one in shop.uploads] == [shop.place.partition(" ")[2], "/moved"]
    assert shop.uploads[0].body == shop.uploads[1].body
    shop.server.answer(shop.place, Reply(status=302, headers={"Location": "/moved"}))
    with pytest.raises(PackageIndexError, match="sends an upload elsewhere"):
        shop.index.upload(shop.package)


def test_what_arrived_although_no_answer_came_is_found(shop: Shop) -> None:
    shop.server.answer(shop.place, Reply(is_lost=True), Reply(b"exists already", 409))
    shop.server.answer(shop.page, Reply(b'{"error": "unknown"}', 404), shop.listing(shop.package.data))
    shop.server.answer("/file", Reply(shop.package.data))
    shop.deliver()
    assert len(shop.uploads) == 2


@pytest.mark.parametrize("answer", [Reply(), LOGIN], ids=["lie", "login"])
def test_a_success_that_is_none_is_found_out(shop: Shop, answer: Reply) -> None:
    shop.server.answer(shop.place, answer)
    assert f"took {shop.package.file} and does not list it after 0 s" in refusal(shop)


def test_what_was_stored_in_part_is_found_out(shop: Shop) -> None:
    part = shop.package.data[:-100]
    shop.server.answer(shop.place, TAKEN)
    shop.server.answer(shop.page, Reply(b'{"error": "unknown"}', 404), shop.listing(part))
    shop.server.answer("/file", Reply(part))
    with pytest.raises(TakenError) as caught:
        shop.deliver()
    assert digest_bytes(part) in caught.value.said
    assert digest_bytes(shop.package.data) in caught.value.said


def test_what_is_there_is_not_sent(shop: Shop) -> None:
    shop.server.answer(shop.page, shop.listing(shop.package.data))
    shop.deliver()
    assert shop.uploads == []
