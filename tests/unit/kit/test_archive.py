"""Archives are the same on every Python and system."""

from __future__ import annotations

import gzip

from protoctl.kit.archive import pack_tar, pack_tgz, read_tar

FILES = {"b/c": b"two", "a": b"one"}


def test_a_tgz_names_no_time_and_no_system() -> None:
    """Python 3.11 writes 3 (Unix) or 19 (macOS) as the system, 3.13 writes 255."""
    assert pack_tgz(FILES)[:10].hex() == "1f8b08000000000000ff"


def test_a_tgz_holds_the_tar() -> None:
    """The header's change leaves the content whole."""
    assert gzip.decompress(pack_tgz(FILES)) == pack_tar(FILES)
    assert read_tar(pack_tgz(FILES)) == FILES
