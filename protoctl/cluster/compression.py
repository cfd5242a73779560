"""Blobs in zstd, unpacked within a limit."""

from __future__ import annotations

import io

from protoctl.errors import ClusterError

try:
    import zstandard
except ImportError as error:
    raise ClusterError("speaking to a cluster takes zstandard", hint="install protoctl[remote]") from error

LEVEL = 3
WINDOW = 128 << 20
"""Bytes that unpacking may take for what it has seen, as `zstd` itself allows."""
SMALLEST = 512
"""Bytes from which on packing is worth a thought."""


def compress(data: bytes) -> bytes:
    """Give the data as one frame, which tells its size."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(data)


def decompress(data: bytes, size: int) -> bytes:
    """Give `size` bytes; raises ClusterError for any other number, which is not unpacked, and for damage."""
    reader = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(io.BytesIO(data), read_across_frames=True)
    try:
        content = reader.read(size + 1)
    except zstandard.ZstdError as error:
        raise ClusterError("it gave damaged zstd", said=str(error)) from error
    if len(content) != size:
        raise ClusterError("it gave zstd of another size than it said")
    return content


def packed_limit(size: int) -> int:
    """Give how many bytes `size` bytes take at most, in many small frames too."""
    return size + size // 16 + (1 << 16)
