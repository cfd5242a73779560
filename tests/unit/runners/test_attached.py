"""Bytes in and frames out, over a real pair of sockets."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from protoctl.errors import EngineError
from protoctl.runners.attached import STDERR, STDERR_LIMIT, STDOUT, Attachment

if TYPE_CHECKING:
    from collections.abc import Callable


def frame(stream: int, payload: bytes) -> bytes:
    """Give a frame as the engine sends it."""
    return struct.pack(">BxxxI", stream, len(payload)) + payload


def talk(container: Callable[[socket.socket], None], request: bytes = b"") -> tuple[bytes, str]:
    """Converse with a function that plays the container on the other end."""
    ours, theirs = socket.socketpair()
    player = threading.Thread(target=container, args=(theirs,))
    player.start()
    try:
        with closing(ours):
            attachment = Attachment(ours)
            sender = threading.Thread(target=send, args=(attachment, request))
            sender.start()
            output = attachment.read(1 << 30)
            attachment.shut()
            sender.join()
            return output, attachment.say()
    finally:
        theirs.close()
        player.join()


def send(attachment: Attachment, request: bytes) -> None:
    """Write all that is taken."""
    with suppress(OSError):
        attachment.write(request)


def saying(*parts: bytes) -> Callable[[socket.socket], None]:
    """Give a container that says something and ends."""

    def play(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
        connection.close()

    return play


def test_streams_are_told_apart() -> None:
    """Frames may alternate, be empty, and be cut anywhere by the network."""
    said = frame(STDOUT, b"one ") + frame(STDERR, b"warning") + frame(STDOUT, b"") + frame(STDOUT, b"two")
    assert talk(saying(*(said[at : at + 1] for at in range(len(said))))) == (b"one two", "warning")


def test_both_directions_flow_at_once() -> None:
    """A container that answers before it reads does not stop the sender, at any size."""
    block, count = b"x" * (1 << 16), 256

    def play(connection: socket.socket) -> None:
        for _ in range(count):
            connection.sendall(frame(STDOUT, block))
        left = len(block) * count
        while left:
            left -= len(connection.recv(1 << 16))
        connection.sendall(frame(STDOUT, b"read all"))
        connection.close()

    output, _ = talk(play, block * count)
    assert output == block * count + b"read all"


def test_a_container_that_does_not_read_is_no_error_by_itself() -> None:
    """Its exit code tells why."""
    assert talk(saying(frame(STDERR, b"no")), b"x" * (1 << 22)) == (b"", "no")


def test_messages_are_cut() -> None:
    """A tool that repeats itself costs no memory."""
    _, messages = talk(saying(*[frame(STDERR, b"x" * (1 << 19))] * 5))
    assert len(messages) == STDERR_LIMIT


def test_who_reads_is_woken() -> None:
    """A container that neither answers nor ends is given up by another thread."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        attachment = Attachment(ours)
        reader = threading.Thread(target=attachment.read, args=(1,))
        reader.start()
        attachment.shut()
        reader.join(30)
        assert not reader.is_alive()


def test_a_cut_frame_is_told() -> None:
    """Half an answer is none."""
    with pytest.raises(EngineError, match="broke off"):
        talk(saying(frame(STDOUT, b"whole"), frame(STDOUT, b"half")[:-1]))
