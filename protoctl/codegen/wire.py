"""Length-delimited fields of a message, written without the message (protobuf.dev/programming-guides/encoding).

Descriptors are encoded once and stand in many sets and requests; putting them together copies bytes only.
"""

from __future__ import annotations

LENGTH_DELIMITED = 2


def field(number: int, value: bytes) -> bytes:
    """Give a field below 16 with text, bytes or a message in it."""
    return bytes([number << 3 | LENGTH_DELIMITED]) + encode_varint(len(value)) + value


def encode_varint(number: int) -> bytes:
    """Give a base-128 varint."""
    encoded = bytearray()
    while number > 0x7F:  # noqa: PLR2004  seven bits per byte
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
