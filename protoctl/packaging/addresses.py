"""Where consumers get packages from, as their readmes tell it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protoctl.model.configuration import Configuration, IndexTable

PLAIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]++(/[A-Za-z0-9._~%+,=:@/-]*+)?")
"""An address that no shell, TOML, npmrc or Markdown reads as more than that; it has no place for a password."""
KINDS = {"python": "pypi", "node": "npm"}
FOLDERS = {"python": "simple", "node": "npm"}
"""Below the address of a folder that a web server shows."""


def consumer_address(configuration: Configuration, target: str) -> str:
    """Give the address that clients of a language are pointed to, with a final slash; nothing where there is none.

    It is the first index of the configuration that holds such packages and is served over HTTP.
    """
    addresses = (address_of(index, target) for index in configuration.indexes.values())
    return next((one for one in addresses if PLAIN.fullmatch(one)), "")


def address_of(index: IndexTable, target: str) -> str:
    """Give the address of an index for clients of a language; nothing when it is none for them."""
    if index.kind == KINDS[target]:
        return f"{index.url.rstrip('/')}/"
    is_served = index.kind == "directory" and index.served_at
    return f"{index.served_at.rstrip('/')}/{FOLDERS[target]}/" if is_served else ""
