"""zstd is unpacked as far as was said, and no further."""

from __future__ import annotations

import os
import resource

import pytest
import zstandard

from protoctl.cluster.compression import compress, decompress, packed_limit
from protoctl.errors import ClusterError


@pytest.mark.parametrize("data", [b"", b"a", b"a" * 5000, os.urandom(5000)], ids=["empty", "one", "zeros", "random"])
def test_what_is_packed_comes_back(data: bytes) -> None:
    assert decompress(compress(data), len(data)) == data
    assert len(compress(data)) <= packed_limit(len(data))


def test_frames_in_a_row_are_one_blob() -> None:
    assert decompress(compress(b"a") + compress(b"b"), 2) == b"ab"


@pytest.mark.parametrize("size", [0, 4999, 5001])
def test_another_size_is_refused(size: int) -> None:
    with pytest.raises(ClusterError, match="another size"):
        decompress(compress(b"a" * 5000), size)


def test_a_bomb_takes_no_memory() -> None:
    bomb = zstandard.compress(bytes(1 << 20)) * 512
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ClusterError, match="another size"):
        decompress(bomb, 10)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


@pytest.mark.parametrize("data", [b"junk", compress(b"a" * 5000)[:-1]], ids=["junk", "cut"])
def test_damage_is_reported(data: bytes) -> None:
    with pytest.raises(ClusterError):
        decompress(data, 5000)


def test_a_window_without_end_is_refused() -> None:
    """A frame may ask for as much memory as it likes."""
    parameters = zstandard.ZstdCompressionParameters(window_log=30, write_content_size=False)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = compressor.compress(b"a") + compressor.flush()
    with pytest.raises(ClusterError, match="damaged"):
        decompress(data, 1)
