"""Archives are the same on every Python and system."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from protoctl.kit.archive import UnsafeArchiveError, pack_tar, pack_tgz, read_gzip, read_tar, read_zip

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = {"b/c": b"two", "a": b"one"}


def test_a_tgz_names_no_time_and_no_system() -> None:
    """Python 3.11 writes 3 (Unix) or 19 (macOS) as the system, 3.13 writes 255."""
    assert pack_tgz(FILES)[:10].hex() == "1f8b08000000000000ff"


def test_a_tgz_holds_the_tar() -> None:
    """The header's change leaves the content whole."""
    assert gzip.decompress(pack_tgz(FILES)) == pack_tar(FILES)
    assert read_tar(pack_tgz(FILES)) == FILES


def test_a_sparse_file_is_refused() -> None:
    """A kilobyte of tar that says it holds four gigabytes."""
    member = tarfile.TarInfo("a")
    member.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0" % 0 * 2
    header[483:495] = b"%011o\0" % (1 << 32)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(UnsafeArchiveError, match="no regular file"):
        read_tar(bytes(header) + bytes(1024))
    header[482] = 1  # more of its map follows, but the archive ends
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(UnsafeArchiveError, match="damaged archive"):
        read_tar(bytes(header))


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_a_tar_in_other_compression_is_refused(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UnsafeArchiveError):
        read_tar(pack(pack_tar(FILES)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_in_other_compression_is_refused(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a", b"one")
    with pytest.raises(UnsafeArchiveError, match=f"compressed by method {method}"):
        read_zip(buffer.getvalue(), limit=100)


def test_a_bomb_takes_no_memory() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(UnsafeArchiveError, match="more than"):
            read_tar(bomb, limit=1 << 20)
        read_gzip(gzip.compress(b"small"), limit=1 << 30)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_a_file_without_a_name_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"one")
    nameless = bytearray(buffer.getvalue())
    place = nameless.index(b"PK\x01\x02")
    nameless[place + 28 : place + 32] = b"\0\0\x01\0"  # the name's byte becomes an extra field
    with pytest.raises(UnsafeArchiveError):
        read_zip(bytes(nameless), limit=100)
