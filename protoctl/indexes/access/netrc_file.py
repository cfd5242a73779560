"""Credentials in `.netrc`, as curl and pip read them; its `default` entry, which opens every door, does not count."""

from __future__ import annotations

import netrc
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protoctl.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def read_netrc(path: Path, url: str) -> tuple[str, str] | None:
    """Give user and password of the host of an address, or None; raises ConfigurationError for an unreadable file."""
    try:
        if not path.is_file():
            return None
        entry = netrc.netrc(str(path)).hosts.get(urlsplit(url).hostname or "")
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from None
    except (netrc.NetrcParseError, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be understood", hint="correct or remove that file") from None
    return (entry[0], entry[2]) if entry and entry[0] and entry[2] else None
