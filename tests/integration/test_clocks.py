"""Clocks that are wrong or jump: the same bytes, and nothing is built twice."""

from __future__ import annotations

import http.server
import os
import shutil
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import succeed
from faults import snapshot

if TYPE_CHECKING:
    from faults import Machine

    References = dict[str, dict[str, bytes]]

FAKETIME = shutil.which("faketime")
needs_faketime = pytest.mark.skipif(not FAKETIME, reason="the package faketime is not installed")
STEADY = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}


@needs_faketime
@pytest.mark.parametrize("instant", ["1970-01-01 00:00:01", "2200-01-01 00:00:00"])
def test_a_wrong_clock_changes_no_byte(used: Machine, references: References, instant: str) -> None:
    wrapper = ("faketime", "-f", instant)
    done = used.run(wrapper=wrapper, **STEADY)
    assert done.code == 0, done.err
    assert snapshot(used.dist) == references["second"]
    assert used.run(wrapper=wrapper, **STEADY).err == "nothing changed\n"
    assert used.run().err == "nothing changed\n", "also with the right clock again"
    used.assert_clean()


@needs_faketime
def test_a_clock_that_jumps_back_in_the_middle_changes_no_byte(used: Machine, references: References) -> None:
    told = used.home / "now"
    told.write_text("@2040-01-01 00:00:00\n")
    library = preloaded()
    variables = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(told), "FAKETIME_NO_CACHE": "1", **STEADY}
    with used.start(wrapper=("env", *(f"{name}={value}" for name, value in variables.items()))) as process:
        assert process.stderr
        assert any("generating" in line for line in iter(process.stderr.readline, ""))
        told.write_text("@1999-01-01 00:00:00\n")
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert snapshot(used.dist) == references["second"]
    assert used.run().err == "nothing changed\n"
    told.unlink()
    used.assert_clean()


def preloaded() -> Path:
    """Give the library that faketime preloads, wherever Debian puts it."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


def test_files_from_the_future_are_built_once(used: Machine, references: References) -> None:
    future = 4_102_444_800
    for path in used.root.rglob("*"):
        os.utime(path, (future, future))
    assert used.run().code == 0
    assert snapshot(used.dist) == references["second"]
    assert used.run().err == "nothing changed\n"
    used.assert_clean()


@needs_faketime
def test_a_certificate_out_of_date_asks_for_the_clock(used: Machine) -> None:
    """To a machine whose clock is wrong, a good certificate looks just like this one."""
    key, certificate = used.home / "key.pem", used.home / "certificate.pem"
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1")
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate)
    succeed("faketime", "-f", "2001-01-01 00:00:00", *made, *names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    (used.root / "protoctl.lock").unlink()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the other side breaks off
    with server, context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False) as server.socket:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        index = f"https://127.0.0.1:{server.server_address[1]}/simple/"
        own = {"UV_DEFAULT_INDEX": index, "SSL_CERT_FILE": str(certificate), "UV_HTTP_RETRIES": "0"}
        used.variables |= own | {"UV_CACHE_DIR": str(used.home / "uv")}
        done = used.run("lock")
        server.shutdown()
        thread.join()
    assert done.code == 4, done.err
    assert "hint: check this machine's clock, then the server's certificate" in done.err
