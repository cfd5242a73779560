"""A server is asked with suspicion: what may pass is tried again, what may hurt is refused, and no secret is told."""

from __future__ import annotations

import gzip
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from scripted_server import Reply, free_port, scripted

from protoctl.errors import PackageIndexError
from protoctl.indexes.access.exchange import Message

if TYPE_CHECKING:
    from pathlib import Path

    from asking import Asker
    from rings import Ring
    from scripted_server import ScriptedServer

PAGE = "/simple/acme-user/"
TOKEN = {"PROTOCTL_INDEX_SHOP_TOKEN": "canary-0815"}
GOOD = Reply(b"page")


def refusal(asker: Asker, server: ScriptedServer, variables: dict[str, str] | None = None, **limits: Any) -> str:  # noqa: ANN401  numbers
    """Give the words of the error that a page is answered with."""
    with pytest.raises(PackageIndexError) as caught:
        asker.transport(server, variables, **limits).ask(server.url + PAGE, "*/*")
    assert caught.value.where == "shop"
    assert caught.value.exit_code == 5
    return str(caught.value)


def test_an_answer_is_given_with_its_type(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(b"page", headers={"Content-Type": "Text/HTML; charset=utf-8"}))
    answer = asker.transport(server).ask(server.url + PAGE, "text/html")
    assert (answer.body, answer.media_type, answer.is_found) == (b"page", "text/html", True)
    assert server.asked[0].headers["accept"] == "text/html"
    assert server.asked[0].headers["user-agent"].startswith("protoctl/")


def test_what_is_not_there_is_an_answer_too(asker: Asker, server: ScriptedServer) -> None:
    answer = asker.transport(server).ask(server.url + PAGE, "*/*")
    assert (answer.is_found, answer.body) == (False, b"nothing here")


@pytest.mark.parametrize(
    "failing",
    [
        *(Reply(status=status) for status in (500, 502, 503, 504)),
        Reply(status=503, headers={"Retry-After": "0"}),
        Reply(status=429, headers={"Retry-After": "0"}),
        Reply(b"page", cut=2),
        Reply(b"page", cut=0),
        Reply(b"page", headers={"Content-Length": "9"}),
    ],
    ids=lambda reply: f"{reply.status}-{reply.cut}-{len(reply.headers)}",
)
def test_what_may_pass_is_tried_again(asker: Asker, server: ScriptedServer, failing: Reply) -> None:
    server.answer(PAGE, failing, GOOD)
    assert asker.transport(server).ask(server.url + PAGE, "*/*").body == b"page"
    assert server.paths == [PAGE, PAGE]


def test_a_timeout_may_pass(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(b"late", wait=5), GOOD)
    assert asker.transport(server, read=0.2).ask(server.url + PAGE, "*/*").body == b"page"


def test_a_server_is_waited_for_as_long_as_it_says(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(status=429, headers={"Retry-After": "1"}), GOOD)
    begin = time.monotonic()
    asker.transport(server).ask(server.url + PAGE, "*/*")
    assert time.monotonic() - begin >= 1


@pytest.mark.parametrize("status", [400, 405, 410, 422, 429, 501])
def test_what_will_not_pass_is_asked_once(asker: Asker, server: ScriptedServer, status: int) -> None:
    server.answer(PAGE, Reply(status=status, reason="No Way"), GOOD)
    assert f"answered {status} No Way: {server.url}{PAGE}" in refusal(asker, server)
    assert server.paths == [PAGE]


def test_it_is_not_tried_for_ever(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(status=502, reason="Bad Gateway"))
    assert "failed 3 times" in refusal(asker, server, retries=2)
    assert "it answered 502 Bad Gateway" in refusal(asker, server)
    assert len(server.paths) == 5


def test_a_server_that_is_down_is_told(asker: Asker, server: ScriptedServer) -> None:
    transport = asker.transport(server)
    url = f"http://127.0.0.1:{free_port()}/simple/"
    with pytest.raises(PackageIndexError) as caught:
        transport.ask(url, "*/*")
    assert str(caught.value).splitlines() == [
        f"shop: failed 2 times: {url}",
        "  Connection refused",
        "hint: try again when it is well, or correct indexes.shop.url",
    ]


def test_a_name_that_nobody_knows_is_told(asker: Asker, server: ScriptedServer) -> None:
    with pytest.raises(PackageIndexError, match=r"failed 2 times: http://index\.invalid/\n  \w.+\nhint"):
        asker.transport(server).ask("http://index.invalid/", "*/*")


@pytest.mark.parametrize(
    "slow",
    [Reply(b"x" * 1000, drip=0.05), Reply(drip=0.05, drips_early=True), Reply(wait=30)],
    ids=["body", "headers", "nothing"],
)
def test_a_server_that_drips_is_left(asker: Asker, server: ScriptedServer, slow: Reply) -> None:
    server.answer(PAGE, slow)
    begin = time.monotonic()
    assert "takes longer than 0.4 s to answer" in refusal(asker, server, total=0.4)
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    "huge",
    [
        Reply(headers={"Content-Length": "99999999999"}),
        Reply(b"x" * 5000, headers={"Content-Length": "5000"}),
        Reply(gzip.compress(b"x" * (1 << 20)), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["told", "undershot", "packed"],
)
def test_more_than_the_limit_is_not_taken(asker: Asker, server: ScriptedServer, huge: Reply) -> None:
    server.answer(PAGE, huge)
    assert "answers with more than 4.1 kB" in refusal(asker, server, page=4096)


def test_a_redirect_is_followed(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(status=301, headers={"Location": "/elsewhere/?signature=1"}))
    server.answer("/elsewhere/", GOOD)
    answer = asker.transport(server, TOKEN).ask(server.url + PAGE, "*/*")
    assert (answer.body, answer.url) == (b"page", f"{server.url}/elsewhere/?signature=1")
    assert server.asked[1].headers["authorization"]


def test_a_redirect_to_another_host_carries_no_credentials(
    asker: Asker, server: ScriptedServer, other_server: ScriptedServer, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login joe password canary-4711")
    server.answer(PAGE, Reply(status=302, headers={"Location": f"{other_server.url}/file"}))
    other_server.answer("/file", GOOD)
    assert asker.transport(server, {"NETRC": str(tmp_path / ".netrc")}).ask(server.url + PAGE, "*/*").body == b"page"
    assert server.asked[0].headers["authorization"]
    assert "authorization" not in other_server.asked[0].headers


def test_the_library_adds_no_credentials_of_its_own(
    asker: Asker, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login joe password canary-4711")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.answer(PAGE, GOOD)
    asker.transport(server).ask(server.url + PAGE, "*/*")
    assert "authorization" not in server.asked[0].headers


def test_cookies_are_not_kept(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(headers={"Set-Cookie": "session=1"}))
    transport = asker.transport(server)
    for _ in range(2):
        transport.ask(server.url + PAGE, "*/*")
    assert "cookie" not in server.asked[1].headers


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (PAGE, "sends from one address to the next without end"),
        ("ftp://127.0.0.1/", "sends to what is no plain http or https address"),
        ("file:///etc/passwd", "sends to what is no plain http or https address"),
        ("http://joe:canary-0815@127.0.0.1/", "sends to what is no plain http or https address"),
        ("http://[::1/", "sends to what is no plain http or https address"),
    ],
)
def test_a_redirect_to_nowhere_is_refused(asker: Asker, server: ScriptedServer, location: str, words: str) -> None:
    server.answer(PAGE, Reply(status=302, headers={"Location": location}))
    told = refusal(asker, server)
    assert words in told
    assert "canary" not in told


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_says_where_credentials_come_from(asker: Asker, server: ScriptedServer, status: int) -> None:
    server.answer(PAGE, Reply(status=status, reason="Go Away"))
    told = refusal(asker, server)
    assert f"refuses with {status} Go Away: {server.url}{PAGE}" in told
    assert (
        "hint: set PROTOCTL_INDEX_SHOP_USERNAME and PROTOCTL_INDEX_SHOP_PASSWORD, or PROTOCTL_INDEX_SHOP_TOKEN" in told
    )
    told = refusal(asker, server, TOKEN)
    assert "hint: check the credentials from PROTOCTL_INDEX_SHOP_TOKEN" in told


def test_after_a_refusal_the_keyring_is_asked(asker: Asker, server: ScriptedServer, ring: Ring) -> None:
    ring.entries["127.0.0.1:" + server.url.rpartition(":")[2], "joe"] = "canary-0815"
    server.answer(PAGE, Reply(status=401), GOOD)
    assert asker.transport(server).ask(server.url + PAGE, "*/*").body == b"page"
    assert ["authorization" in one.headers for one in server.asked] == [False, True]


def test_a_keyring_that_is_refused_too_is_told(asker: Asker, server: ScriptedServer, ring: Ring) -> None:
    ring.entries[f"{server.url}/simple/", "joe"] = "canary-0815"
    server.answer(PAGE, Reply(status=401))
    assert "hint: check the credentials from the keyring" in refusal(asker, server)
    assert len(server.asked) == 2


def test_a_refusal_elsewhere_says_that_the_index_sent_there(
    asker: Asker, server: ScriptedServer, other_server: ScriptedServer
) -> None:
    server.answer(PAGE, Reply(status=302, headers={"Location": f"{other_server.url}/file"}))
    other_server.answer("/file", Reply(status=401))
    assert "hint: the index sent there" in refusal(asker, server, TOKEN)


def test_a_server_that_repeats_the_secret_does_not_get_it_printed(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(status=403, reason="canary-0815 X19 is no good, nor is X190b2tlbl9fOmNhbmFyeS0wODE1"))
    told = refusal(asker, server, TOKEN)
    assert "403 *** X19 is no good, nor is ***" in told


def test_what_a_server_says_does_not_steer_a_terminal(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(status=400, reason="\x1b[31mred"))
    assert "\x1b" not in refusal(asker, server)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x.whl", "/x.whl", "http://joe:pw@127.0.0.1/x.whl", "file:///x.whl"])
def test_a_file_is_fetched_from_plain_addresses_only(asker: Asker, server: ScriptedServer, url: str) -> None:
    with pytest.raises(PackageIndexError, match="lists a file where none is fetched from"):
        asker.transport(server).fetch(url)


def test_a_listed_file_that_is_not_there_is_told(asker: Asker, server: ScriptedServer) -> None:
    with pytest.raises(PackageIndexError, match=r"does not have what it lists: \S+/x\.whl"):
        asker.transport(server).fetch(f"{server.url}/x.whl?signature=1")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with a certificate for 127.0.0.1 that nobody vouches for, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1")
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem")
    subprocess.run([*made, *names], cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes(b"".join((folder / name).read_bytes() for name in ("key.pem", "certificate.pem")))
    return both


def test_a_certificate_that_nobody_vouches_for_is_refused(asker: Asker, certificate: Path) -> None:
    with scripted(certificate) as server:
        server.answer(PAGE, GOOD)
        told = refusal(asker, server)
        with pytest.raises(PackageIndexError, match="is not trusted"):
            asker.transport(server).hand_over(f"{server.url}/", Message("POST", "text/plain", b"x"))
    assert f"is not trusted: {server.url}{PAGE}" in told
    assert "SSL_CERT_FILE" in told
    assert server.paths == []


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"])
def test_authorities_of_the_environment_are_trusted(
    asker: Asker, certificate: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    authority = str(certificate.with_name("certificate.pem"))
    monkeypatch.setenv(variable, authority)
    with scripted(certificate) as server:
        server.answer(PAGE, GOOD)
        assert asker.transport(server, {variable: authority}).ask(server.url + PAGE, "*/*").body == b"page"


def test_https_does_not_become_http(asker: Asker, certificate: Path, server: ScriptedServer) -> None:
    variables = {"REQUESTS_CA_BUNDLE": str(certificate.with_name("certificate.pem"))}
    with pytest.MonkeyPatch.context() as patch, scripted(certificate) as safe:
        patch.setenv("REQUESTS_CA_BUNDLE", variables["REQUESTS_CA_BUNDLE"])
        safe.answer(PAGE, Reply(status=302, headers={"Location": f"{server.url}/"}))
        assert "sends from https to http" in refusal(asker, safe, variables)
        with pytest.raises(PackageIndexError, match="lists a file where none is fetched from"):
            asker.transport(safe, variables).fetch(f"{server.url}/x.whl")
        safe.answer("/", Reply(status=307, headers={"Location": f"{server.url}/"}))
        with pytest.raises(PackageIndexError, match="sends from https to http"):
            asker.transport(safe, variables).hand_over(f"{safe.url}/", Message("POST", "text/plain", b"x"))
    assert server.paths == []


def test_the_environment_names_a_proxy(asker: Asker, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    server.answer("http://index.invalid/simple/", GOOD)
    assert asker.transport(server).ask("http://index.invalid/simple/", "*/*").body == b"page"


def test_the_body_of_a_redirect_is_not_read(asker: Asker, server: ScriptedServer) -> None:
    server.answer(PAGE, Reply(b"x" * 1000, status=302, drip=0.05, headers={"Location": "/elsewhere/"}))
    server.answer("/elsewhere/", GOOD)
    assert asker.transport(server, total=2).ask(server.url + PAGE, "*/*").body == b"page"


def test_a_large_upload_may_take_longer_than_a_connection(asker: Asker, server: ScriptedServer) -> None:
    """Of bytes that are sent at once, all would have to leave within the seconds to connect."""
    server.answer("/", Reply(sip=0.05))
    message = Message("POST", "application/octet-stream", b"x" * (24 << 20))
    asker.transport(server, connect=0.5, retries=0).hand_over(f"{server.url}/", message)
    assert [len(one.body) for one in server.asked] == [24 << 20]


def test_an_upload_has_an_end(asker: Asker, server: ScriptedServer) -> None:
    server.answer("/", Reply(sip=30))
    message = Message("POST", "application/octet-stream", b"x")
    with pytest.raises(PackageIndexError, match=r"takes longer than 0\.3 s to answer"):
        asker.transport(server, upload=0.3).hand_over(f"{server.url}/", message)
