"""What a Python package says of itself in its core metadata, as far as a page repeats it."""

from __future__ import annotations

from packaging.metadata import parse_email

from protoctl.kit.archive import UnsafeArchiveError, read_tar, read_zip

LIMIT = 512 << 20
"""Bytes of all files of a package."""
NAMES = (".dist-info/METADATA", "/PKG-INFO")
"""How the path of the metadata ends, one folder deep, in a wheel and in an sdist."""


def requires_python(file: str, data: bytes) -> str:
    """Give the versions of Python that a wheel or sdist runs on, like `>=3.9`; nothing when it does not tell."""
    try:
        files = (read_zip if file.endswith(".whl") else read_tar)(data, limit=LIMIT)
    except UnsafeArchiveError:
        return ""
    found = [text for path, text in files.items() if path.count("/") == 1 and path.endswith(NAMES)]
    return parse_email(found[0])[0].get("requires_python", "") if found else ""
