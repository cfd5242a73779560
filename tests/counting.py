"""A relay on loopback in front of a registry that notes what was asked."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


class Handler(BaseHTTPRequestHandler):
    """Passes each request on."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, address: str, asked: list[str], **options: Any) -> None:  # noqa: ANN401  as inherited
        """Take what the server gives, host and port of the registry, and where to note."""
        self.address = address
        self.asked = asked
        super().__init__(*arguments, **options)

    def pass_on(self) -> None:
        """Ask the registry, which is told the relay's name, and answer what it answers."""
        self.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = HTTPConnection(self.address, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        self.send_response(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815  as inherited

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  as inherited
        """Say nothing."""


@contextmanager
def counted(url: str) -> Iterator[tuple[str, list[str]]]:
    """Give scheme, host and port that stand for those of a registry, and the list of what is asked there."""
    asked: list[str] = []
    handler = partial(Handler, address=urlsplit(url).netloc, asked=asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
