"""An HTTP server on loopback that answers as a test says: late, slowly, with a lie, or half."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Reply:
    """One answer."""

    body: bytes = b""
    """What follows the headers."""
    status: int = 200
    """Of HTTP."""
    reason: str = "as scripted"
    """The phrase after the status."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers, or in place of Content-Length."""
    wait: float = 0
    """Seconds before anything is sent."""
    drip: float = 0
    """Seconds between the bytes of the body, and between those of a header before it when `drips_early`."""
    drips_early: bool = False
    """Whether the headers drip already."""
    cut: int = -1
    """Bytes of the body after which the connection is reset; none when negative."""
    takes: int = -1
    """Bytes of the request's body that are read before this is sent; all when negative."""
    sip: float = 0
    """Seconds before each megabyte of the request's body is read."""
    is_lost: bool = False
    """Whether the connection is reset in place of an answer."""


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    """With its query."""
    headers: Mapping[str, str]
    """By name in lower case."""
    method: str = "GET"
    """As it was sent."""
    body: bytes = b""
    """What was read of it."""


class ScriptedServer(ThreadingHTTPServer):
    """Serves replies by path, in order; the last one of a path is given again and again."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[Asked] = []
        self.is_over = threading.Event()
        self.scheme = "http"

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [one.path for one in self.asked]

    def answer(self, path: str, *replies: Reply) -> None:
        """Set what a path answers, to every method or like `PUT /path` to one."""
        self.replies[path] = list(replies)

    def next_reply(self, method: str, path: str) -> Reply:
        """Give the next answer of a path."""
        plain = path.partition("?")[0]
        known = self.replies.get(f"{method} {plain}") or self.replies.get(plain)
        left = known or [Reply(b"nothing here", 404)]
        return left.pop(0) if len(left) > 1 else left[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests go away in the middle."""


class Handler(BaseHTTPRequestHandler):
    """Plays the script."""

    server: ScriptedServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        reply = self.server.next_reply(self.command, self.path)
        length = int(self.headers.get("Content-Length", 0))
        body = self.drink(length if reply.takes < 0 else reply.takes, reply.sip)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.path, headers, self.command, body))
        self.server.is_over.wait(reply.wait)
        self.close_connection = True
        with suppress(OSError):
            self.reset() if reply.is_lost else self.play(reply)

    do_POST = do_PUT = do_GET  # noqa: N815  as inherited

    def drink(self, length: int, seconds: float) -> bytes:
        """Read the body of a request."""
        blocks = []
        for at in range(0, length, MEGABYTE):
            self.server.is_over.wait(seconds)
            blocks.append(self.rfile.read(min(MEGABYTE, length - at)))
        return b"".join(blocks)

    def play(self, reply: Reply) -> None:
        """Send a reply as it says."""
        self.send_response(reply.status, reply.reason)
        for name, value in ({"Content-Length": str(len(reply.body))} | dict(reply.headers)).items():
            self.send_header(name, value)
        if reply.drips_early:
            self.flush_headers()
            self.trickle(b"X-Slow: " + b"x" * 1000, reply.drip)
        self.end_headers()
        if reply.drip:
            self.trickle(reply.body, reply.drip)
        else:
            self.wfile.write(reply.body if reply.cut < 0 else reply.body[: reply.cut])
        if reply.cut >= 0:
            self.wfile.flush()
            self.reset()

    def reset(self) -> None:
        """End the connection as a process that dies does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def trickle(self, data: bytes, seconds: float) -> None:
        """Send bytes one by one until the test is over."""
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.server.is_over.wait(seconds):
                return

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  as inherited
        """Say nothing."""


@contextmanager
def scripted(certificate: Path | None = None) -> Iterator[ScriptedServer]:
    """Give a server for a while; with a file of certificate and key it speaks TLS."""
    with ScriptedServer() as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.scheme = "https"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()
            thread.join()


def free_port() -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
