"""Credentials come from where they are kept already, the nearest first; nothing prints them."""

from __future__ import annotations

import base64
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import keyring
import pytest
from rings import Closed, Ring

from protoctl.errors import ConfigurationError
from protoctl.indexes.access.credentials import Credential, Door, Keys
from protoctl.kit.secret import Secret

URL = "https://shop.example/team/repository/"
PYTHON = Door("my-shop", "pypi", URL, "https://shop.example/upload/", Path("/nowhere"))
NODE = replace(PYTHON, kind="npm")
TOKEN = "PROTOCTL_INDEX_MY_SHOP_TOKEN"  # noqa: S105  a name
VARIABLES = {"NPM_TOKEN": "from-variable"}
Found = tuple[str, str, str] | None


class Home(NamedTuple):
    """Folders of a user."""

    root: Path
    """The workspace's folder."""
    home: Path
    """The home folder."""

    def find(self, door: Door, **variables: str) -> Found:
        """Give source, user and secret that are found."""
        credential = self.keys(door, **variables).credential
        return (credential.source, credential.username, credential.secret.reveal()) if credential else None

    def keys(self, door: Door, **variables: str) -> Keys:
        """Give the keys of a door."""
        return Keys(replace(door, root=self.root), {"HOME": str(self.home), **variables})

    def write(self, name: str, text: str) -> str:
        """Write a file of the user's and give its path."""
        (self.home / name).write_text(text, errors="surrogateescape")
        return str(self.home / name)


@pytest.fixture
def user(tmp_path: Path) -> Home:
    """Give a user with an empty home and workspace."""
    for name in ("root", "home"):
        (tmp_path / name).mkdir()
    return Home(tmp_path / "root", tmp_path / "home")


def encoded(text: str) -> str:
    """Give base64."""
    return base64.b64encode(text.encode()).decode()


def test_without_any_there_is_none(user: Home) -> None:
    assert user.find(PYTHON) is None
    assert user.find(NODE) is None


def test_a_token_in_the_environment(user: Home) -> None:
    name = TOKEN
    assert user.find(PYTHON, **{name: "canary"}) == (name, "__token__", "canary")
    assert user.find(NODE, **{name: "canary\n"}) == (name, "", "canary")


def test_a_user_in_the_environment(user: Home) -> None:
    variables = {"PROTOCTL_INDEX_MY_SHOP_USERNAME": "joe", "PROTOCTL_INDEX_MY_SHOP_PASSWORD": "canary"}
    assert user.find(PYTHON, **variables) == ("PROTOCTL_INDEX_MY_SHOP_PASSWORD", "joe", "canary")


@pytest.mark.parametrize(("given", "missing"), [("USERNAME", "PASSWORD"), ("PASSWORD", "USERNAME")])
def test_half_a_pair_is_told(user: Home, given: str, missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PROTOCTL_INDEX_MY_SHOP_{given} alone opens no index") as caught:
        user.find(PYTHON, **{f"PROTOCTL_INDEX_MY_SHOP_{given}": "canary"})
    assert f"set PROTOCTL_INDEX_MY_SHOP_{missing} too" in caught.value.hint
    assert "canary" not in str(caught.value)


def test_what_fits_into_no_header_is_told_and_not_shown(user: Home) -> None:
    with pytest.raises(ConfigurationError) as caught:
        user.find(NODE, **{TOKEN: "canary\r\nHost: evil"})
    assert "canary" not in str(caught.value)
    assert "PROTOCTL_INDEX_MY_SHOP_TOKEN" in str(caught.value)
    with pytest.raises(ConfigurationError, match="that no token has"):
        user.find(NODE, **{TOKEN: "canärie"})


def test_headers(user: Home) -> None:
    assert Credential("x", "", Secret("canary")).header == "Bearer canary"
    assert Credential("x", "joe", Secret("canärie")).header == f"Basic {encoded('joe:canärie')}"
    assert user.keys(PYTHON).credential is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("//shop.example/team/repository/:_authToken=canary", ("", "canary")),
        ("//shop.example/team/:_authToken = canary", ("", "canary")),
        ("//shop.example/:_authToken=${NPM_TOKEN}", ("", "from-variable")),
        ('//shop.example/:_authToken="canary"', ("", "canary")),
        (f"//shop.example/:_auth={encoded('joe:can:ary')}", ("joe", "can:ary")),
        (f"//shop.example/:username=joe\n//shop.example/:_password={encoded('canary')}", ("joe", "canary")),
        ("; comment\n//shop.example/:_authToken=a=b==", ("", "a=b==")),
        ("ca[]=x\n  //shop.example/:_authToken=canary", ("", "canary")),
    ],
)
def test_npmrc(user: Home, line: str, found: tuple[str, str]) -> None:
    path = user.write(".npmrc", f"registry=https://shop.example/\n{line}\nstrict-ssl\n")
    assert user.find(NODE, **VARIABLES) == (path, *found)


@pytest.mark.parametrize(
    "line",
    [
        "//other.example/:_authToken=canary",
        "//shop.example/team/other/:_authToken=canary",
        "//shop.example:8443/:_authToken=canary",
        "_authToken=canary",
        "//shop.example/:_authToken=${NOT_SET}",
        "//shop.example/:_authToken=half-${NOT_SET}",
        "//shop.example/:username=joe",
    ],
)
def test_npmrc_with_nothing_for_this_registry(user: Home, line: str) -> None:
    user.write(".npmrc", line)
    assert user.find(NODE) is None


def test_the_nearest_entry_of_an_npmrc_counts(user: Home) -> None:
    user.write(".npmrc", "//shop.example/:_authToken=far\n//shop.example/team/:_authToken=near\n")
    assert user.find(NODE) == (str(user.home / ".npmrc"), "", "near")


def test_the_npmrc_of_the_workspace_is_stronger(user: Home) -> None:
    user.write(".npmrc", "//shop.example/:_authToken=user")
    (user.root / ".npmrc").write_text("//shop.example/:_authToken=project")
    assert user.find(NODE) == (str(user.root / ".npmrc"), "", "project")


def test_npm_may_be_told_where_the_file_is(user: Home) -> None:
    path = user.write("elsewhere", "//shop.example/:_authToken=canary")
    for name in ("NPM_CONFIG_USERCONFIG", "npm_config_userconfig"):
        assert user.find(NODE, **{name: path}) == (path, "", "canary")


@pytest.mark.parametrize("line", ["_auth=canary!", "_auth=/w==", "username=a\n//shop.example/:_password=canary!"])
def test_an_npmrc_without_base_64_is_told_and_not_shown(user: Home, line: str) -> None:
    path = user.write(".npmrc", f"//shop.example/:{line}")
    with pytest.raises(ConfigurationError, match="is no base64") as caught:
        user.find(NODE)
    assert path in str(caught.value)
    assert "canary" not in str(caught.value)


def section(name: str, repository: str, word: str = "canary") -> str:
    """Give a section of a .pypirc."""
    return f"[{name}]\nrepository: {repository}\nusername = joe\npassword = {word}\n"


@pytest.mark.parametrize(
    "text",
    [
        section("any", URL),
        section("any", URL.rstrip("/")),
        section("any", "https://shop.example/upload/"),
        section("my-shop", "https://shop.example/legacy"),
        "[distutils]\nindex-servers =\n    any\n\n" + section("any", URL),
        section("evil", "https://other.example/", "wrong") + section("any", URL),
    ],
)
def test_pypirc(user: Home, text: str) -> None:
    path = user.write(".pypirc", text)
    assert user.find(PYTHON) == (path, "joe", "canary")
    assert user.find(NODE) is None


@pytest.mark.parametrize(
    "text",
    [
        section("my-shop", "https://other.example/"),
        section("my-shop", "http://shop.example/upload/"),
        section("other", "https://shop.example/elsewhere/"),
        "[my-shop]\nusername = joe\npassword = canary\n",
        f"[any]\nrepository = {URL}\nusername = joe\n",
    ],
)
def test_pypirc_with_nothing_for_this_index(user: Home, text: str) -> None:
    user.write(".pypirc", text)
    assert user.find(PYTHON) is None


@pytest.mark.parametrize("name", [".netrc", "elsewhere"])
def test_netrc(user: Home, name: str) -> None:
    path = user.write(
        name, "machine other.example login a password b\nmachine shop.example login joe password canary\n"
    )
    variables = {"NETRC": path} if name == "elsewhere" else {}
    assert user.find(PYTHON, **variables) == user.find(NODE, **variables) == (path, "joe", "canary")


def test_the_entry_for_every_host_does_not_count(user: Home) -> None:
    user.write(".netrc", "default login joe password canary\n")
    assert user.find(PYTHON) is None


@pytest.mark.parametrize(
    ("door", "name", "text"),
    [
        (PYTHON, ".netrc", "machine shop.example login joe password canary what"),
        (PYTHON, ".pypirc", "canary\n[broken"),
        (NODE, ".npmrc", "//shop.example/:_authToken=canary\udcff"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told_and_not_shown(user: Home, door: Door, name: str, text: str) -> None:
    path = user.write(name, text)
    with pytest.raises(ConfigurationError, match="cannot be understood") as caught:
        user.find(door)
    assert path in str(caught.value)
    assert "canary" not in str(caught.value)


def test_the_nearest_source_counts(user: Home) -> None:
    netrc = user.write(".netrc", "machine shop.example login joe password netrc")
    assert user.find(PYTHON) == (netrc, "joe", "netrc")
    pypirc = user.write(".pypirc", section("any", URL, "pypirc"))
    npmrc = user.write(".npmrc", "//shop.example/:_authToken=npmrc")
    assert user.find(PYTHON) == (pypirc, "joe", "pypirc")
    assert user.find(NODE) == (npmrc, "", "npmrc")
    name = TOKEN
    assert user.find(PYTHON, **{name: "canary"}) == (name, "__token__", "canary")


@pytest.mark.parametrize("service", [URL, "shop.example"])
def test_the_keyring_is_asked_after_a_refusal_and_once(user: Home, ring: Ring, service: str) -> None:
    ring.entries[service, "joe"] = "canary"
    keys = user.keys(PYTHON)
    assert keys.credential is None
    assert ring.asked == []
    assert keys.renew(None)
    found = keys.credential
    assert found
    assert (found.source, found.username, found.secret.reveal()) == ("the keyring", "joe", "canary")
    asked = len(ring.asked)
    assert not keys.renew(found)
    assert keys.renew(None)
    assert len(ring.asked) == asked


def test_the_keyring_is_asked_for_the_user_that_was_refused(user: Home, ring: Ring) -> None:
    ring.entries[URL, "ann"] = "wrong"
    ring.entries[URL, "joe"] = "canary"
    user.write(".netrc", "machine shop.example login joe password old")
    keys = user.keys(PYTHON)
    assert keys.renew(keys.credential)
    assert keys.credential
    assert keys.credential.secret.reveal() == "canary"


def test_an_empty_keyring_changes_nothing(user: Home, ring: Ring) -> None:
    assert not user.keys(PYTHON).renew(None)
    keyring.set_keyring(Closed({}))
    assert not user.keys(PYTHON).renew(None)
    assert ring.asked == [URL, "shop.example"]


def test_hints_say_where_they_may_be(user: Home) -> None:
    hint = user.keys(PYTHON).hint()
    assert "PROTOCTL_INDEX_MY_SHOP_USERNAME and PROTOCTL_INDEX_MY_SHOP_PASSWORD" in hint
    assert ".pypirc, .netrc and the keyring are read too" in hint
    assert ".npmrc, .netrc" in user.keys(NODE).hint()


def test_nothing_prints_them(user: Home) -> None:
    keys = user.keys(NODE, **{TOKEN: "canary"})
    assert "canary" not in repr(keys.credential)
    assert "canary" not in keys.hint()
    assert keys.redact("is canary there") == "is *** there"


def test_a_traceback_does_not_hold_them() -> None:
    program = (
        "from protoctl.indexes.access.credentials import Credential\nfrom protoctl.kit.secret import Secret\n"
        "one = Credential('x', 'joe', Secret('can' + 'ary'))\nraise RuntimeError(one)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "RuntimeError: Credential(source='x', username='joe', secret=***)" in done.stderr
    assert "canary" not in done.stderr


def test_without_the_library_there_is_no_keyring() -> None:
    program = (
        "import sys\nsys.modules['keyring'] = None\n"
        "from protoctl.indexes.access.keyrings import ask_keyring\nprint(ask_keyring('https://a/', ''))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("None\n", "")
