"""Credentials in npm's settings, as `npm help npmrc` describes them."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protoctl.errors import ConfigurationError
from protoctl.indexes.access.settings_file import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

VARIABLE = re.compile(r"\$\{([^}?]++)(\??)\}")
SECTION = "npm"


def read_npmrc(path: Path, url: str, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Give user and password, or an empty user and a token, that a file has for a registry; None without any.

    Raises ConfigurationError for a file that cannot be read. Entries whose variable is not set do not count.
    """
    settings = read_settings(path, head=f"[{SECTION}]").get(SECTION, {})
    for prefix in prefixes(url):
        entry = {
            name.removeprefix(prefix): expand(value, environment)
            for name, value in settings.items()
            if name.startswith(prefix)
        }
        found = read_entry(entry, path)
        if found:
            return found
    return None


def prefixes(url: str) -> Iterator[str]:
    """Give how the settings of a registry begin: `//host/a/b/:`, then those of each folder above."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    for count in range(len(segments), -1, -1):
        yield "//" + "/".join([parts.netloc, *segments[:count]]) + "/:"


def expand(value: str, environment: Mapping[str, str]) -> str:
    """Give a value with `${NAME}` replaced; nothing when a variable is not set."""
    value = value.strip().strip("\"'")
    names = [match[1] for match in VARIABLE.finditer(value) if not match[2]]
    if any(name not in environment for name in names):
        return ""
    return VARIABLE.sub(lambda match: environment.get(match[1], ""), value).strip()


def read_entry(entry: Mapping[str, str], path: Path) -> tuple[str, str] | None:
    """Give what the settings of one registry tell; raises ConfigurationError for what is no base64."""
    if entry.get("_authToken"):
        return "", entry["_authToken"]
    if entry.get("_auth"):
        username, _, password = decode(entry["_auth"], "_auth", path).partition(":")
        return username, password
    if entry.get("username") and entry.get("_password"):
        return entry["username"], decode(entry["_password"], "_password", path)
    return None


def decode(value: str, name: str, path: Path) -> str:
    """Give the text of a base64 value."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        message = f"{name} in {path} is no base64, as npm writes it"
        raise ConfigurationError(message, hint="let `npm login` write it") from None
