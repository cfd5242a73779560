"""Archives that carry trees: tars written the same everywhere; tars and zips read with suspicion."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EPOCH = 499162500
"""1985-10-26T08:15:00Z, the time that `npm pack` gives to every file."""
DAMAGE = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, OSError, ValueError, RuntimeError, LookupError, OverflowError),
)
"""What the standard library raises on bytes that are no archive; an encrypted zip is a RuntimeError."""
SYSTEM = 9
"""Place of the byte that names the operating system in gzip's header; 255 is unknown."""
LEVEL = 4
"""Of compression: twice as fast as gzip's own 6 on generated code, for 7 % more bytes."""
BLOCK = 1 << 20
"""Bytes that are unpacked at once."""
GZIP = b"\x1f\x8b"
"""How a gzip begins."""
ZIP_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""What every reader of packages knows; the memory that others take is not bounded by what they hold."""


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
    data = gzip.compress(pack_tar(files), compresslevel=LEVEL, mtime=0)
    return data[:SYSTEM] + b"\xff" + data[SYSTEM + 1 :]


def read_tar(data: bytes, *, limit: int = 4 << 30) -> dict[str, bytes]:
    """Give the regular files of a tar, compressed by gzip or not.

    Raises UnsafeArchiveError for absolute paths, `..`, links, devices, sparse files, duplicates and more than `limit`
    bytes, before it takes the memory for them.
    """
    files: dict[str, bytes] = {}
    total = 0
    with damage_reported(), open_tar(data, limit=limit) as archive:
        for member in archive:
            if member.isdir() and not member.size:  # a folder with a size makes the reader jump about
                continue
            total += member.size
            is_regular = member.isreg() and not member.issparse() and member.size >= 0
            check_member(member.name, is_regular=is_regular, seen=files)
            check_size(total, limit)
            stream = archive.extractfile(member)
            files[member.name] = stream.read() if stream else b""
    return files


def open_tar(data: bytes, *, limit: int) -> tarfile.TarFile:
    """Open a tar, compressed by gzip or not; other compressions take memory that nothing bounds.

    Raises UnsafeArchiveError for more than `limit` bytes, and what tarfile raises.
    """
    unpacked = read_gzip(data, limit=limit) if data.startswith(GZIP) else data
    return tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:")


def read_zip(data: bytes, *, limit: int) -> dict[str, bytes]:
    """Give the files of a zip, their checksums compared; refuses what `read_tar` refuses."""
    files: dict[str, bytes] = {}
    total = 0
    with damage_reported(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if member.filename.endswith("/"):  # is_dir() of Python 3.11 fails on a name without characters
                continue
            total += member.file_size
            if member.compress_type not in ZIP_METHODS:
                message = f"{member.filename!r} is compressed by method {member.compress_type}"
                raise UnsafeArchiveError(message)
            mode = member.external_attr >> 16
            check_member(member.filename, is_regular=stat.S_IFMT(mode) in {0, stat.S_IFREG}, seen=files)
            check_size(total, limit)
            files[member.filename] = archive.read(member)
    return files


def read_gzip(data: bytes, *, limit: int) -> bytes:
    """Give what a gzip holds; raises UnsafeArchiveError for damage and for more than `limit` bytes."""
    with damage_reported(), gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        content = bytearray()
        while block := stream.read(BLOCK):  # as much as `read` is asked for it takes first, whatever there is
            content += block
            check_size(len(content), limit)
    return bytes(content)


@contextmanager
def damage_reported() -> Iterator[None]:
    """Turn what a reader of archives raises into UnsafeArchiveError."""
    try:
        yield
    except UnsafeArchiveError:
        raise
    except DAMAGE as error:
        message = f"damaged archive: {error}"
        raise UnsafeArchiveError(message) from error


def check_member(name: str, *, is_regular: bool, seen: Mapping[str, bytes]) -> None:
    """Raise UnsafeArchiveError unless the member is a regular file of its own below the root."""
    if not is_regular:
        message = f"{name!r} is no regular file"
    elif not is_relative(name):
        message = f"{name!r} leaves the archive's root"
    elif name in seen:
        message = f"{name!r} appears twice"
    else:
        return
    raise UnsafeArchiveError(message)


def check_size(total: int, limit: int) -> None:
    """Raise UnsafeArchiveError for more bytes than the limit."""
    if total > limit:
        message = f"more than {limit} bytes"
        raise UnsafeArchiveError(message)


def is_relative(path: str) -> bool:
    """Tell whether a POSIX path stays below its root and is written in one way only."""
    parts = path.split("/")
    return not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts)
