"""A wheel as an editable install: what an installer would write, with the code elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from protoctl.errors import ArtifactError
from protoctl.kit.archive import UnsafeArchiveError, read_zip
from protoctl.packaging.embedded import SIZE_LIMIT, wheel_digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INSTALLER = "INSTALLER"
URL = "direct_url.json"


@dataclass(frozen=True)
class Wheel:
    """A wheel of ours, unpacked in memory."""

    name: str
    """The part of its file's name that is the distribution's, like `acme_user`."""
    info: str
    """The folder of its metadata, like `acme_user-1.0.0.dist-info`."""
    code: Mapping[str, bytes]
    """What is imported, by path."""
    metadata: Mapping[str, bytes]
    """What lies in the folder of metadata, by path in it."""
    requires: tuple[str, ...]
    """Its requirements (PEP 508)."""
    python: str
    """The versions of Python that it is for, as a specifier; may be empty."""


def read_wheel(file: str, data: bytes) -> Wheel:
    """Unpack a wheel by the name of its file; raises ArtifactError for what is none."""
    info = f"{'-'.join(file.split('-')[:2])}.dist-info"
    try:
        files = read_zip(data, limit=SIZE_LIMIT)
        headers = BytesHeaderParser().parsebytes(files[f"{info}/METADATA"])
    except (UnsafeArchiveError, KeyError) as error:
        raise ArtifactError(f"cannot be read: {error}", where=file) from error
    metadata = {
        path.removeprefix(f"{info}/"): content for path, content in files.items() if path.startswith(f"{info}/")
    }
    code = {path: content for path, content in files.items() if not path.startswith(f"{info}/")}
    requires = tuple(str(value) for value in headers.get_all("Requires-Dist", []))
    return Wheel(file.partition("-")[0], info, code, metadata, requires, str(headers.get("Requires-Python", "")))


def pointer_name(wheel: Wheel) -> str:
    """Give the name of the file beside the metadata that names the folder of the code."""
    return f"_{wheel.name}.pth"


def pointer(place: Path) -> bytes:
    """Give the content of that file (https://docs.python.org/3/library/site.html)."""
    return f"{place}\n".encode()


def installed_metadata(wheel: Wheel, place: Path) -> dict[str, bytes]:
    """Give the folder of metadata of a wheel whose code lies in a place.

    As for an editable install: https://packaging.python.org/en/latest/specifications/recording-installed-packages/ and
    https://packaging.python.org/en/latest/specifications/direct-url/.
    """
    url = {"url": place.as_uri(), "dir_info": {"editable": True}}
    files = {path: data for path, data in wheel.metadata.items() if path != "RECORD"}
    files |= {INSTALLER: b"protoctl\n", "REQUESTED": b"", URL: json.dumps(url).encode()}
    listed = {pointer_name(wheel): pointer(place)} | {f"{wheel.info}/{path}": data for path, data in files.items()}
    rows = [f"{path},{wheel_digest(data)},{len(data)}" for path, data in sorted(listed.items())]
    return {**files, "RECORD": "\n".join([*rows, f"{wheel.info}/RECORD,,", ""]).encode()}
