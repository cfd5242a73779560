"""The conversation with an attached container: bytes go in while frames come out, within limits."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from protoctl.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDOUT, STDERR = 1, 2
HEADER = struct.Struct(">BxxxI")
"""Stream and length of a frame (docs.docker.com/reference/api/engine, ContainerAttach)."""
STDERR_LIMIT = 1 << 20
"""Bytes of messages that are kept."""
BLOCK = 1 << 16


def converse(connection: socket.socket, request: bytes, *, limit: int, seconds: float) -> tuple[bytes, str]:
    """Send a request, read until the container closes, and give its standard output and standard error.

    Both directions flow at once, since the container may answer before it has read all. The sending side is not
    closed: TLS has no such half, and the request says itself where it ends.
    Raises EngineError after `seconds`, past `limit` bytes of output and for a broken stream.
    """
    sender = threading.Thread(target=send, args=(connection, request), daemon=True)
    sender.start()
    try:
        return collect(split_frames(receive(connection, seconds)), limit)
    finally:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        sender.join()


def send(connection: socket.socket, request: bytes) -> None:
    """Write all; a container that stops reading says why by its exit code."""
    with suppress(OSError):
        connection.sendall(request)


def receive(connection: socket.socket, seconds: float) -> Iterator[bytes]:
    """Give blocks until the other side closes or resets; raises EngineError after `seconds`."""
    deadline = time.monotonic() + seconds
    try:
        while True:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            block = connection.recv(BLOCK)
            if not block:
                return
            yield block
    except ConnectionResetError:
        return  # it ended without reading all; how it ended is the engine's to say
    except TimeoutError as error:
        hint = "split the workspace, or use --runner local, which waits"
        raise EngineError(f"the container did not finish within {seconds:g} seconds", hint=hint) from error


def split_frames(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Give stream and payload of each frame, long ones in pieces; raises EngineError when the last one is cut."""
    buffer = bytearray()
    stream, left = 0, 0
    for block in blocks:
        buffer += block
        while left or len(buffer) >= HEADER.size:
            if not left:
                stream, left = HEADER.unpack_from(buffer)
                del buffer[: HEADER.size]
            if left and not buffer:
                break
            piece = bytes(buffer[:left])
            del buffer[:left]
            left -= len(piece)
            yield stream, piece
    if buffer or left:
        raise EngineError("the engine's stream broke off in the middle")


def collect(frames: Iterable[tuple[int, bytes]], limit: int) -> tuple[bytes, str]:
    """Give what was written to each stream; raises EngineError past `limit` bytes of output."""
    output, messages = bytearray(), bytearray()
    for stream, payload in frames:
        if stream == STDERR:
            messages += payload[: STDERR_LIMIT - len(messages)]
        else:
            output += payload
        if len(output) > limit:
            raise EngineError(f"the container wrote more than {limit >> 20} MiB", said=decode(messages))
    return bytes(output), decode(messages)


def decode(messages: bytearray) -> str:
    """Give text, undecodable bytes replaced."""
    return messages.decode(errors="replace")
