"""The conversation with an attached container: bytes go in while frames come out, within limits."""

from __future__ import annotations

import io
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

from protoctl.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import WriteableBuffer

STDOUT, STDERR = 1, 2
STREAMS = {0, STDOUT, STDERR}
HEADER = struct.Struct(">BxxxI")
"""Stream and length of a frame (docs.docker.com/reference/api/engine, ContainerAttach)."""
STDERR_LIMIT = 1 << 20
"""Bytes of messages that are kept."""
BLOCK = 1 << 16


class Attachment:
    """The streams of a container; both directions flow at once, since it may answer before it has read all."""

    def __init__(self, connection: socket.socket) -> None:
        """Take the connection that the engine gave."""
        self.connection = connection
        self.messages = bytearray()
        self.output = io.BufferedReader(Output(split_frames(receive(connection)), self.messages), BLOCK)

    def write(self, data: bytes) -> None:
        """Send bytes; raises OSError when nobody takes them. There is no end to send: TLS has no such half."""
        self.connection.sendall(data)

    def read(self, size: int) -> bytes:
        """Give that many bytes of standard output, fewer at the end; raises EngineError for a broken stream."""
        return self.output.read(size)

    def say(self) -> str:
        """Give what was written to standard error, undecodable bytes replaced."""
        return self.messages.decode(errors="replace")

    def shut(self) -> None:
        """End both directions, also for who reads at this moment."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Output(io.RawIOBase):
    """Standard output out of frames; what is on standard error is put aside."""

    def __init__(self, frames: Iterator[tuple[int, bytes]], messages: bytearray) -> None:
        """Take frames, and where messages go."""
        self.frames = frames
        self.messages = messages
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a part of a buffer and give how much; 0 at the end."""
        while not self.rest:
            frame = next(self.frames, None)
            if frame is None:
                return 0
            stream, payload = frame
            if stream == STDERR:
                self.messages += payload[: STDERR_LIMIT - len(self.messages)]
            else:
                self.rest = memoryview(payload)
        view = memoryview(buffer)
        count = min(len(view), len(self.rest))
        view[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count


def receive(connection: socket.socket) -> Iterator[bytes]:
    """Give blocks until the other side closes or resets."""
    with suppress(ConnectionResetError):  # it ended without reading all; how it ended is the engine's to say
        while block := connection.recv(BLOCK):
            yield block


def split_frames(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Give stream and payload of each frame, long ones in pieces; raises EngineError when one is none or cut."""
    buffer = bytearray()
    stream, left = 0, 0
    for block in blocks:
        buffer += block
        while left or len(buffer) >= HEADER.size:
            if not left:
                stream, left = HEADER.unpack_from(buffer)
                if stream not in STREAMS:
                    raise EngineError("the engine's stream cannot be read", said=f"there is no stream {stream}")
                del buffer[: HEADER.size]
            if left and not buffer:
                break
            piece = bytes(buffer[:left])
            del buffer[:left]
            left -= len(piece)
            yield stream, piece
    if buffer or left:
        raise EngineError("the engine's stream broke off in the middle")
