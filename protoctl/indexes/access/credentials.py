"""Who is asking: credentials of an index, from the places where they are kept already, and never shown.

The strongest first: the environment, `.pypirc` or `.npmrc`, `.netrc`; a keyring only after the index refused.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError
from protoctl.indexes.access.addresses import variable
from protoctl.indexes.access.keyrings import ask_keyring
from protoctl.indexes.access.netrc_file import read_netrc
from protoctl.indexes.access.npmrc import read_npmrc
from protoctl.indexes.access.pypirc import read_pypirc
from protoctl.kit.secret import HIDDEN, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_USER = "__token__"  # noqa: S105  the user name that goes with a token
"""How Python indexes are told that the password is a token."""


@dataclass(frozen=True)
class Credential:
    """What opens an index."""

    source: str
    """Where it was found, for people: a variable, a file, the keyring."""
    username: str
    """Empty when the secret is a token that speaks for itself."""
    secret: Secret

    @property
    def header(self) -> str:
        """What `Authorization` has to say (RFC 7617, RFC 6750)."""
        if not self.username:
            return f"Bearer {self.secret.reveal()}"
        return f"Basic {base64.b64encode(f'{self.username}:{self.secret.reveal()}'.encode()).decode()}"


@dataclass(frozen=True)
class Door:
    """What credentials are looked for."""

    index: str
    """Its name in the configuration."""
    kind: str
    """`pypi` or `npm`."""
    url: str
    """The address that is asked; credentials of other hosts do not count."""
    uploads: str
    """The address that is uploaded to, under which they may be kept; may be empty."""
    root: Path
    """The workspace's folder, which may hold an `.npmrc`."""
    setting: str = "url"
    """The setting that the address is from, or would be corrected in: `url` or `upload-url`."""


class Keys:
    """The credentials of one index, found on first use."""

    def __init__(self, door: Door, environment: Mapping[str, str]) -> None:
        """Take what they open and where they may be."""
        self.door = door
        self.environment = environment
        self.second: Credential | None = None
        self.hidden: list[str] = []
        self.has_asked_keyring = False
        self.lock = Lock()

    @cached_property
    def first(self) -> Credential | None:
        """What variables and files tell; raises ConfigurationError for what cannot be a credential."""
        return find_credential(self.door, self.environment)

    @property
    def credential(self) -> Credential | None:
        """What is sent with the next request."""
        return self.second or self.first

    def renew(self, refused: Credential | None) -> bool:
        """Tell whether another credential than the refused one can be tried; the keyring is asked once."""
        with self.lock:
            if not self.has_asked_keyring:
                self.has_asked_keyring = True
                found = ask_keyring(self.door.url, refused.username if refused else "")
                self.second = Credential("the keyring", found[0], Secret(found[1])) if found else self.second
            return self.credential is not refused

    def hint(self) -> str:
        """Give what to do when the index refuses."""
        if self.credential:
            return f"check the credentials from {self.credential.source}, and what they may do"
        names = " and ".join(variable(self.door.index, what) for what in ("USERNAME", "PASSWORD"))
        file = {"pypi": ".pypirc", "npm": ".npmrc"}[self.door.kind]
        token = variable(self.door.index, "TOKEN")
        return f"set {names}, or {token}; {file}, .netrc and the keyring are read too"

    def hide(self, text: str) -> None:
        """Take another secret that is not to be shown."""
        self.hidden.append(text)

    def redact(self, text: str) -> str:
        """Give text in which no credential is left, whoever put it there."""
        known = [one for one in (self.first, self.second) if one]
        pairs = [word for one in known for word in (one.header.partition(" ")[2], one.secret.reveal())]
        for word in (*pairs, *self.hidden):
            text = text.replace(word, HIDDEN) if word else text
        return text


def find_credential(door: Door, environment: Mapping[str, str]) -> Credential | None:
    """Give what variables and files tell of an index; raises ConfigurationError for what cannot be a credential."""
    found = from_environment(door, environment)
    if not found and door.kind == "npm":
        found = from_npmrc(door, environment)
    if not found and door.kind == "pypi":
        found = from_pypirc(door, environment)
    return checked(found or from_netrc(door, environment))


def from_environment(door: Door, environment: Mapping[str, str]) -> Credential | None:
    """Give what the variables of an index tell; raises ConfigurationError for one half of a pair."""
    token, username, password = (
        environment.get(variable(door.index, what), "").strip() for what in ("TOKEN", "USERNAME", "PASSWORD")
    )
    if token:
        user = TOKEN_USER if door.kind == "pypi" else ""
        return Credential(variable(door.index, "TOKEN"), user, Secret(token))
    if username and password:
        return Credential(variable(door.index, "PASSWORD"), username, Secret(password))
    if username or password:
        given, missing = ("USERNAME", "PASSWORD") if username else ("PASSWORD", "USERNAME")
        hint = f"set {variable(door.index, missing)} too, or a token in {variable(door.index, 'TOKEN')} alone"
        raise ConfigurationError(f"{variable(door.index, given)} alone opens no index", where=door.index, hint=hint)
    return None


def from_npmrc(door: Door, environment: Mapping[str, str]) -> Credential | None:
    """Give what the `.npmrc` of the workspace or the user tells."""
    user_file = environment.get("NPM_CONFIG_USERCONFIG") or environment.get("npm_config_userconfig")
    for path in (door.root / ".npmrc", Path(user_file) if user_file else home(environment) / ".npmrc"):
        found = read_npmrc(path, door.url, environment)
        if found:
            return Credential(str(path), found[0], Secret(found[1]))
    return None


def from_pypirc(door: Door, environment: Mapping[str, str]) -> Credential | None:
    """Give what the user's `.pypirc` tells."""
    path = home(environment) / ".pypirc"
    found = read_pypirc(path, door.index, door.url, door.uploads)
    return Credential(str(path), found[0], Secret(found[1])) if found else None


def from_netrc(door: Door, environment: Mapping[str, str]) -> Credential | None:
    """Give what the user's `.netrc` tells."""
    chosen = environment.get("NETRC")
    path = Path(chosen) if chosen else home(environment) / ".netrc"
    found = read_netrc(path, door.url)
    return Credential(str(path), found[0], Secret(found[1])) if found else None


def home(environment: Mapping[str, str]) -> Path:
    """Give the user's home folder."""
    return Path(environment.get("HOME") or environment.get("USERPROFILE") or "/")


def checked(credential: Credential | None) -> Credential | None:
    """Give a credential that fits into a header; raises ConfigurationError, which does not show it, for any other."""
    if credential and not (credential.username + credential.secret.reveal()).isprintable():
        what = f"{credential.source} holds characters that no password or token has"
        raise ConfigurationError(what, hint="look for a line break or a space that is none")
    if credential and not credential.username and not credential.secret.reveal().isascii():
        raise ConfigurationError(f"{credential.source} holds characters that no token has")
    return credential
