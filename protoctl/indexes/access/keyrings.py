"""Credentials in the system's keyring, where the library `keyring` is installed beside protoctl."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from urllib.parse import urlsplit

LIBRARY = "keyring"


def ask_keyring(url: str, username: str) -> tuple[str, str] | None:
    """Give user and password that a keyring has for an address, or for its host, as pip and twine look them up.

    None also without the library, and when no keyring can be opened: then the index's refusal is what is told.
    """
    if find_spec(LIBRARY) is None:
        return None
    keyring = import_module(LIBRARY)
    for service in (url, urlsplit(url).netloc):
        try:
            found = keyring.get_credential(service, username or None)
        except keyring.errors.KeyringError:
            return None
        if found and found.username and found.password:
            return found.username, found.password
    return None
