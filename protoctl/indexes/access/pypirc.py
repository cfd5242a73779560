"""Credentials in `.pypirc` (packaging.python.org/en/latest/specifications/pypirc)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.indexes.access.addresses import origin, split_address
from protoctl.indexes.access.settings_file import read_settings

if TYPE_CHECKING:
    from pathlib import Path


def read_pypirc(path: Path, index: str, url: str, uploads: str) -> tuple[str, str] | None:
    """Give user and password that a file has for an index, or None.

    A section counts when its repository is an address of the index, or when it has the index's name and its repository
    is on the same host: what belongs to another host is never sent there. Raises ConfigurationError for a file that
    cannot be read.
    """
    addresses = {one.rstrip("/") for one in (url, uploads) if one}
    for name, section in read_settings(path).items():
        repository = section.get("repository", "").strip()
        if split_address(repository) is None or origin(repository) != origin(url):
            continue
        fits = repository.rstrip("/") in addresses or name == index
        username, password = section.get("username", "").strip(), section.get("password", "").strip()
        if fits and username and password:
            return username, password
    return None
