"""A forge: one git repository behind TLS, which everybody reads and whoever has the token writes to."""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from conftest import succeed
from repositories import commit, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-of-the-forge"  # noqa: S105  of a forge that is gone after the test
REPOSITORY = "acme/stubs.git"


class ForgeServer(ThreadingHTTPServer):
    """Serves the repositories below a folder."""

    daemon_threads = True

    def __init__(self, folder: Path, user: str) -> None:
        """Take the folder, and who the token is of."""
        self.folder = folder
        self.allowed = f"Basic {base64.b64encode(f'{user}:{TOKEN}'.encode()).decode()}"
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    """Hands requests to git's own program for this."""

    server: ForgeServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        is_push = "git-receive-pack" in self.path
        if is_push and self.headers.get("Authorization") != self.server.allowed:
            self.answer(b'Status: 401\r\nWWW-Authenticate: Basic realm="forge"\r\n\r\n')
            return
        variables = {
            "GIT_PROJECT_ROOT": str(self.server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            **({"REMOTE_USER": "somebody"} if is_push else {}),
        }
        self.answer(succeed_binary({"PATH": os.environ["PATH"], **variables}, body))

    do_POST = do_GET  # noqa: N815  as http.server calls it

    def answer(self, output: bytes) -> None:
        """Send what a CGI program wrote."""
        head, _, body = output.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200").partition(" ")[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  as inherited
        """Say nothing."""


def succeed_binary(variables: dict[str, str], body: bytes) -> bytes:
    """Give what git's server program answers."""
    return subprocess.run(["git", "http-backend"], env=variables, input=body, capture_output=True, check=True).stdout


@dataclass(frozen=True)
class Forge:
    """Where a team's repository is."""

    host: str
    """Host and port, spoken to by https."""
    bare: Path
    """The repository itself."""
    certificate: Path
    """Who vouches for the host."""
    work: Path
    """Somebody's clone."""

    @property
    def url(self) -> str:
        """The address to clone."""
        return f"https://{self.host}/{REPOSITORY}"

    @property
    def tags(self) -> set[str]:
        """The tags that were pushed."""
        return set(git(self.bare, "tag").split())

    def push(self, branch: str) -> str:
        """Commit what changed in the clone, push it to a branch and give the commit."""
        git(self.work, "checkout", "--quiet", "-B", branch)
        made = commit(self.work)
        git(self.work, "push", "--quiet", str(self.bare), branch)
        return made


@contextmanager
def serve_forge(folder: Path, work: Path, user: str) -> Iterator[Forge]:
    """Give a forge for a while, whose main branch is a folder as it is now."""
    bare = folder / "repositories" / REPOSITORY
    bare.parent.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch", "main", str(bare))
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem")
    request = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1")
    succeed("sh", "-c", '"$@" 2>&1', "sh", *request, *names, cwd=folder)
    with ForgeServer(folder / "repositories", user) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        forge = Forge(f"127.0.0.1:{server.server_port}", bare, folder / "certificate.pem", work)
        commit(work)
        forge.push("main")
        try:
            yield forge
        finally:
            server.shutdown()
            thread.join()
