"""A CI job that an index trusts publishes without a password, and its identity goes nowhere else."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from parcels import make_wheel
from scripted_server import Reply

from protoctl.errors import PackageIndexError
from protoctl.indexes import Surroundings, pypi
from protoctl.model.configuration import IndexTable
from protoctl.model.index import Upload

if TYPE_CHECKING:
    from pathlib import Path

    from scripted_server import ScriptedServer

    from protoctl.indexes.pypi import PythonIndex

AUDIENCE, MINT, IDENTITY = "/_/oidc/audience", "/_/oidc/mint-token", "/identity"
CLAIMS = base64.urlsafe_b64encode(json.dumps({"aud": "acme-index"}).encode()).decode().rstrip("=")
JOB = f"canary-head.{CLAIMS}.canary-signature"
TOKEN = "canary-minted-0815"  # noqa: S105  what must never be seen
VARIABLES = (
    "GITHUB_ACTIONS",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "GITLAB_CI",
    "BUILDKITE",
    "CIRCLECI",
)


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """Give a wheel on its way."""
    made = make_wheel(tmp_path, "user", "1.0.0")
    return Upload("python", "acme-user", "1.0.0", made.name, made.read_bytes())


@pytest.fixture
def index(server: ScriptedServer, surroundings: Surroundings) -> PythonIndex:
    """Give an index that trusts jobs, asked without any credentials."""
    server.answer(AUDIENCE, Reply(b'{"audience": "acme-index"}'))
    server.answer(f"POST {MINT}", Reply(json.dumps({"token": TOKEN}).encode()))
    server.answer("POST /team/", Reply())
    return pypi.make("shop", IndexTable("pypi", f"{server.url}/team/simple/"), surroundings)


@pytest.fixture(autouse=True)
def no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be no job of any CI."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def job(other_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> ScriptedServer:
    """Be a job of GitHub's CI, and give the server that tells its identity."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-request")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{other_server.url}{IDENTITY}")
    other_server.answer(IDENTITY, Reply(json.dumps({"value": JOB}).encode()))
    return other_server


def test_a_job_gets_a_token_for_all_its_uploads(
    index: PythonIndex, server: ScriptedServer, job: ScriptedServer, upload: Upload
) -> None:
    index.check_access()
    index.upload(upload)
    index.upload(upload)
    assert job.paths == [f"{IDENTITY}?audience=acme-index"]
    assert [(one.method, one.path) for one in server.asked] == [
        ("GET", AUDIENCE),
        ("POST", MINT),
        ("POST", "/team/"),
        ("POST", "/team/"),
    ]
    assert json.loads(server.asked[1].body) == {"token": JOB}
    pair = base64.b64encode(f"__token__:{TOKEN}".encode()).decode()
    assert [one.headers.get("authorization") for one in server.asked] == [None, None, *[f"Basic {pair}"] * 2]


@pytest.mark.usefixtures("job")
def test_a_token_that_is_about_to_end_is_followed_by_another(index: PythonIndex, server: ScriptedServer) -> None:
    assert index.publisher
    index.check_access()
    index.publisher.end = 0
    index.check_access()
    assert server.paths == [AUDIENCE, MINT] * 2
    assert not any("authorization" in one.headers for one in server.asked)


@pytest.mark.usefixtures("job")
def test_other_credentials_come_first(server: ScriptedServer, surroundings: Surroundings, upload: Upload) -> None:
    variables = {**surroundings.environment, "PROTOCTL_INDEX_SHOP_TOKEN": "given"}
    known = Surroundings(surroundings.root, variables, surroundings.limits)
    server.answer("POST /team/", Reply())
    pypi.make("shop", IndexTable("pypi", f"{server.url}/team/simple/"), known).upload(upload)
    assert server.paths == ["/team/"]


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_where_it_is_not_offered_nothing_is_told(
    index: PythonIndex, server: ScriptedServer, job: ScriptedServer, upload: Upload, status: int
) -> None:
    server.answer(AUDIENCE, Reply(status=status))
    index.upload(upload)
    index.upload(upload)
    assert job.asked == []
    assert server.paths == [AUDIENCE, "/team/", "/team/"]


@pytest.mark.parametrize("body", [b"<title>Sign in</title>", b"[]", b'{"audience": 7}', b"{}"])
def test_a_page_of_something_else_offers_nothing(
    index: PythonIndex, server: ScriptedServer, job: ScriptedServer, upload: Upload, body: bytes
) -> None:
    server.answer(AUDIENCE, Reply(body))
    index.upload(upload)
    assert job.asked == []


def test_who_is_no_job_has_no_token(index: PythonIndex, server: ScriptedServer, upload: Upload) -> None:
    index.upload(upload)
    assert server.paths == [AUDIENCE, "/team/"]
    assert "authorization" not in server.asked[1].headers


def test_a_job_without_the_permission_is_told_so(
    index: PythonIndex, job: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    with pytest.raises(PackageIndexError, match="wants to know this CI job, which cannot tell") as caught:
        index.check_access()
    assert "ACTIONS_ID_TOKEN_REQUEST_TOKEN" in caught.value.said
    assert "id-token: write" in caught.value.hint
    assert job.asked == []


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(json.dumps({"message": f"no publisher for {JOB}"}).encode(), 422), "refuses with 422"),
        (Reply(b"{}"), "gives this CI job no token"),
        (Reply(b'{"token": "a\\nb"}'), "gives this CI job no token"),
        (Reply(b"<title>Sign in</title>"), "gives this CI job no token"),
    ],
    ids=["refused", "empty", "damaged", "login"],
)
def test_a_job_that_is_not_trusted_is_told_before_anything_is_sent(
    index: PythonIndex, server: ScriptedServer, reply: Reply, words: str
) -> None:
    server.answer(f"POST {MINT}", reply)
    with pytest.raises(PackageIndexError, match=words) as caught:
        index.check_access()
    assert "canary" not in str(caught.value)
    assert server.paths == [AUDIENCE, MINT]


@pytest.mark.usefixtures("job")
def test_an_identity_follows_no_redirect(
    index: PythonIndex, server: ScriptedServer, other_server: ScriptedServer
) -> None:
    server.answer(f"POST {MINT}", Reply(status=307, headers={"Location": f"{other_server.url}/elsewhere"}))
    with pytest.raises(PackageIndexError, match="sends an upload elsewhere"):
        index.check_access()
    assert other_server.paths == [f"{IDENTITY}?audience=acme-index"]


@pytest.mark.usefixtures("job")
def test_a_token_that_is_repeated_is_not_printed(index: PythonIndex, server: ScriptedServer, upload: Upload) -> None:
    server.answer("POST /team/", Reply(f"{TOKEN} and {JOB}".encode(), 400, f"no {TOKEN}"))
    with pytest.raises(PackageIndexError, match=r"no \*\*\*") as caught:
        index.upload(upload)
    assert caught.value.said == "*** and ***"
    assert not any(secret in str(caught.getrepr(style="long")) for secret in (TOKEN, JOB))


@pytest.mark.usefixtures("job", "ring")
def test_a_token_that_is_refused_is_told_by_its_source(
    index: PythonIndex, server: ScriptedServer, upload: Upload
) -> None:
    server.answer("POST /team/", Reply(status=401))
    with pytest.raises(PackageIndexError, match="refuses with 401") as caught:
        index.upload(upload)
    assert caught.value.hint.startswith("check the credentials from trusted publishing")
    assert server.paths == [AUDIENCE, MINT, "/team/"]


def test_an_identity_is_not_sent_in_the_clear(surroundings: Surroundings, job: ScriptedServer) -> None:
    pypi.make("shop", IndexTable("pypi", "http://shop.invalid/simple/"), surroundings).check_access()
    assert job.asked == []
