"""A container engine that fails as a test says: it speaks as much of the engine's API as protoctl uses."""

from __future__ import annotations

import json
import re
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

PREFIX = re.compile(r"^/v1\.\d+")
NAME = re.compile(r"/containers/(?!json$|create$)([^/]+)")


def frame(stream: int, payload: bytes) -> bytes:
    """Give a frame as the engine sends it."""
    return struct.pack(">BxxxI", stream, len(payload)) + payload


def silent(connection: socket.socket) -> None:
    """Say nothing."""
    del connection


@dataclass
class Script:
    """What the engine says and does."""

    toolchain: str = ""
    """Label of the image that it has."""
    has_image: bool = True
    """Whether it has one."""
    architecture: str = "amd64"
    """Of the image; the engine itself is amd64."""
    converse: Callable[[socket.socket], object] = silent
    """Plays the container, once it was started, on the attached connection."""
    code: int = 0
    """Exit code of the container."""
    out_of_memory: bool = False
    """Whether the kernel ended it."""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    """`METHOD /path` to status and body, before anything else; a body that is no JSON value is bytes."""
    dies_at: str = ""
    """The request, `METHOD /path`, at which the engine vanishes."""
    listed: list[dict[str, Any]] = field(default_factory=list)
    """Containers that are there from the beginning."""


class ScriptedEngine(ThreadingHTTPServer):
    """Serves a script on loopback."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script) -> None:
        """Take the script."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.started = threading.Event()
        self.ended = threading.Event()
        self.is_gone = False
        self.containers: set[str] = {one["Id"] for one in script.listed}
        self.requests: list[str] = []
        self.bodies: list[bytes] = []

    @property
    def address(self) -> str:
        """What DOCKER_HOST has to be."""
        return f"tcp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about connections that the other side closed."""

    def vanish(self) -> None:
        """Answer nobody any more."""
        self.is_gone = True
        self.socket.close()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    server: ScriptedEngine

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""

    def answer(self) -> None:
        """Answer as the script says, else as an engine does."""
        path = PREFIX.sub("", self.path).partition("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        generic = NAME.sub("/containers/ID", path)
        key = f"{self.command} {'/images/NAME/json' if path.startswith('/images/') else generic}"
        self.server.requests.append(key)
        self.server.bodies.append(body)
        script = self.server.script
        if self.server.is_gone or key == script.dies_at:
            self.server.vanish()
            self.close_connection = True
        elif key in script.answers:
            self.reply(*script.answers[key])
        elif key == "POST /containers/ID/attach":
            self.attach()
        else:
            self.serve(key, path, body)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815  the names that http.server calls

    def serve(self, key: str, path: str, body: bytes) -> None:
        """Answer as an engine that has the image and runs containers."""
        server, script = self.server, self.server.script
        name = (NAME.search(path) or [None, ""])[1]
        if key == "POST /containers/create":
            name = self.path.partition("name=")[2].partition("&")[0]
            server.containers.add(name)
            assert json.loads(body)["HostConfig"]["NetworkMode"] == "none"
            self.reply(201, {"Id": name, "Warnings": []})
        elif key == "POST /containers/ID/start":
            server.started.set()
            self.reply(204, b"")
        elif key == "POST /containers/ID/wait":
            server.ended.wait(30)
            self.reply(200, {"StatusCode": script.code})
        elif key == "DELETE /containers/ID":
            known = name in server.containers
            server.containers.discard(name)
            self.reply(204 if known else 404, b"" if known else {"message": "no such container"})
        elif key == "GET /images/NAME/json" and not script.has_image:
            self.reply(404, {"message": "No such image"})
        else:
            values: dict[str, Any] = {
                "GET /version": {"ApiVersion": "1.44", "MinAPIVersion": "1.24", "Arch": "amd64"},
                "GET /info": {"SystemTime": datetime.now(UTC).isoformat()},
                "GET /containers/json": script.listed,
                "GET /containers/ID/json": {"State": {"OOMKilled": script.out_of_memory}},
                "GET /images/NAME/json": {
                    "Id": "sha256:" + "1" * 64,
                    "Config": {"Labels": {"protoctl.toolchain": script.toolchain}},
                    "Architecture": script.architecture,
                },
            }
            self.reply(200, values[key]) if key in values else self.reply(404, {"message": f"no {key}"})

    def reply(self, status: int, body: object) -> None:
        """Send a status and a body."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def attach(self) -> None:
        """Give the connection to the container once it is started, and close it."""
        self.send_response(101, "UPGRADED")
        for name, value in (("Content-Type", "application/vnd.docker.raw-stream"), ("Connection", "Upgrade")):
            self.send_header(name, value)
        self.send_header("Upgrade", "tcp")
        self.end_headers()
        self.close_connection = True
        if self.server.started.wait(30):
            with suppress(OSError):
                self.server.script.converse(self.connection)
        self.server.ended.set()


@contextmanager
def scripted(script: Script) -> Iterator[ScriptedEngine]:
    """Give an engine that answers until the end of the block."""
    with ScriptedEngine(script) as engine:
        thread = threading.Thread(target=engine.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield engine
        finally:
            engine.ended.set()
            engine.shutdown()
            thread.join()
