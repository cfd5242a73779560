"""A Python index on the loopback interface, for wheels that tests make."""

from __future__ import annotations

import base64
import hashlib
import threading
import zipfile
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder and notes what was asked for."""

    def __init__(self, *arguments: Any, asked: list[str], **options: Any) -> None:  # noqa: ANN401  as inherited
        """Take what the server gives, and where to note."""
        self.asked = asked
        super().__init__(*arguments, **options)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  as inherited
        """Note the path instead of printing it."""
        del format, arguments
        self.asked.append(self.path)


class Index:
    """An index of the simple repository API (PEP 503)."""

    def __init__(self, root: Path, url: str, asked: list[str]) -> None:
        """Take the served folder, its URL, and the list of requested paths."""
        self.root = root
        self.url = f"{url}/simple/"
        self.asked = asked
        self.has_hashes = True

    def add(self, name: str, version: str, files: Mapping[str, str]) -> Path:
        """Put a wheel on the index, in place of one with the same version."""
        wheel = self.root / "files" / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        wheel.parent.mkdir(exist_ok=True)
        write_wheel(wheel, name, version, files)
        page = self.root / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        found = sorted(wheel.parent.glob(f"{name.replace('-', '_')}-*"))
        lines = [f'<a href="../../files/{path.name}{self.fragment(path)}">{path.name}</a>\n' for path in found]
        page.write_text("".join(lines))
        return wheel

    def fragment(self, wheel: Path) -> str:
        """Give the end of a link, which tells the digest of what lies behind it."""
        return f"#sha256={hashlib.sha256(wheel.read_bytes()).hexdigest()}" if self.has_hashes else ""


def write_wheel(path: Path, name: str, version: str, files: Mapping[str, str], requires: str = "") -> None:
    """Write a wheel with correct metadata, which may require another."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    everything = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        + (f"Requires-Dist: {requires}\n" if requires else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{one},sha256={digest(text.encode())},{len(text.encode())}" for one, text in everything.items()]
    everything[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
    with zipfile.ZipFile(path, "w") as archive:
        for one, text in everything.items():
            archive.writestr(zipfile.ZipInfo(one), text)  # with one time, so that equal wheels are equal bytes


def digest(data: bytes) -> str:
    """Give a digest as RECORD writes it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


@contextmanager
def serve(root: Path) -> Iterator[Index]:
    """Serve a folder as an index for a while."""
    asked: list[str] = []
    handler = partial(Handler, directory=str(root), asked=asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Index(root, f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()
