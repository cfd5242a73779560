"""Tar streams that carry trees: written the same everywhere, read with suspicion."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EPOCH = 499162500
"""1985-10-26T08:15:00Z, the time that `npm pack` gives to every file."""

SYSTEM = 9
"""Place of the byte that names the operating system in gzip's header; 255 is unknown."""


class UnsafeArchiveError(ValueError):
    """An archive holds a path, link or size that nobody asked for."""


def pack_tar(files: Mapping[str, bytes]) -> bytes:
    """Give an uncompressed tar: sorted, mode 0644, no owner, one time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files):
            member = tarfile.TarInfo(path)
            member.size = len(files[path])
            member.mode = 0o644
            member.mtime = EPOCH
            archive.addfile(member, io.BytesIO(files[path]))
    return buffer.getvalue()


def pack_tgz(files: Mapping[str, bytes]) -> bytes:
    """Give the tar of `pack_tar` in gzip without name, time and system (RFC 1952): Pythons differ in the last."""
    data = gzip.compress(pack_tar(files), compresslevel=9, mtime=0)
    return data[:SYSTEM] + b"\xff" + data[SYSTEM + 1 :]


def read_tar(data: bytes, *, limit: int = 4 << 30) -> dict[str, bytes]:
    """Give the regular files of a tar, compressed or not.

    Raises UnsafeArchiveError for absolute paths, `..`, links, devices, duplicates and more than `limit` bytes.
    """
    files: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            for member in archive:
                if member.isdir():
                    continue
                total += member.size
                check_member(member, files, total, limit)
                stream = archive.extractfile(member)
                files[member.name] = stream.read() if stream else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        message = f"damaged archive: {error}"
        raise UnsafeArchiveError(message) from error
    return files


def check_member(member: tarfile.TarInfo, seen: Mapping[str, bytes], total: int, limit: int) -> None:
    """Raise UnsafeArchiveError unless the member is a regular file of its own below the root."""
    if not member.isreg():
        message = f"{member.name!r} is no regular file"
    elif not is_relative(member.name):
        message = f"{member.name!r} leaves the archive's root"
    elif member.name in seen:
        message = f"{member.name!r} appears twice"
    elif total > limit:
        message = f"more than {limit} bytes"
    else:
        return
    raise UnsafeArchiveError(message)


def is_relative(path: str) -> bool:
    """Tell whether a POSIX path stays below its root and is written in one way only."""
    parts = path.split("/")
    return not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts)
