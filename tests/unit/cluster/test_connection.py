"""TLS is real: both sides show who they are, and a stranger is refused."""

from __future__ import annotations

import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc
import pytest
from scripted_cluster import ScriptedCluster, open_cluster

from protoctl.cluster.connection import FAREWELL
from protoctl.cluster.credentials import Credentials, read_credentials
from protoctl.cluster.patience import Patience
from protoctl.errors import Interrupted
from protoctl.kit.background import run_within
from protoctl.model.event import Event, silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a certificate for this machine that nobody vouches for, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1")
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem")
    subprocess.run([*made, *names], cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def serving_tls(script: ScriptedCluster, folder: Path, *, asks: bool) -> Iterator[str]:
    """Serve over TLS, and ask clients for a certificate too."""
    key, certificate = ((folder / name).read_bytes() for name in ("key.pem", "certificate.pem"))
    secured = grpc.ssl_server_credentials([(key, certificate)], certificate if asks else None, asks)
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(tuple(script.handlers()))
    port = server.add_secure_port("127.0.0.1:0", secured)
    server.start()
    try:
        yield f"grpcs://127.0.0.1:{port}/main"
    finally:
        server.stop(0).wait()


def variables(folder: Path, *names: str) -> dict[str, str]:
    """Give the variables that name files of the folder."""
    files = {"CA": "certificate.pem", "CERTIFICATE": "certificate.pem", "KEY": "key.pem"}
    return {f"PROTOCTL_REMOTE_{name}": str(folder / files[name]) for name in names}


def test_an_authority_of_ones_own_is_believed(folder: Path) -> None:
    with serving_tls(ScriptedCluster(), folder, asks=False) as address:
        cluster = open_cluster(address, silent, read_credentials(variables(folder, "CA")))
        assert cluster.open().may_execute


def test_a_client_shows_its_certificate(folder: Path) -> None:
    with serving_tls(ScriptedCluster(), folder, asks=True) as address:
        cluster = open_cluster(address, silent, read_credentials(variables(folder, "CA", "CERTIFICATE", "KEY")))
        assert cluster.open().may_execute


@pytest.mark.parametrize(("names", "asks"), [((), False), (("CA",), True)], ids=["server", "client"])
def test_a_stranger_is_refused(folder: Path, names: tuple[str, ...], *, asks: bool) -> None:
    events: list[Event] = []
    with serving_tls(ScriptedCluster(), folder, asks=asks) as address:
        cluster = open_cluster(address, events.append, read_credentials(variables(folder, *names)))
        assert cluster.attempt(cluster.open, None) is None
    assert "UNAVAILABLE" in events[0].text


def test_no_secret_goes_to_a_stranger(folder: Path) -> None:
    script = ScriptedCluster()
    header = {"PROTOCTL_REMOTE_HEADER": "authorization=Bearer canary-word"}
    with serving_tls(script, folder, asks=False) as address:
        cluster = open_cluster(address, silent, read_credentials(header))
        cluster.attempt(cluster.open, None)
    assert not script.asked


def test_whoever_speaks_something_else_is_no_cluster(folder: Path) -> None:
    events: list[Event] = []
    with serving_tls(ScriptedCluster(), folder, asks=False) as address:
        plain = address.replace("grpcs", "grpc")
        cluster = open_cluster(plain, events.append, Credentials())
        cluster.patience = Patience(2)
        assert cluster.attempt(cluster.open, None) is None
    assert len(events) == 1


def test_an_interrupt_while_a_call_begins_is_not_the_end_of_closing(
    script: ScriptedCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens then to the answer of a call that gRPC knows of."""

    def interrupt(*_: object) -> None:
        """Be interrupted where gRPC would begin to listen."""
        raise Interrupted(signal.SIGINT)

    script.silent.add("GetCapabilities")
    cluster = open_cluster(script.address, silent)
    monkeypatch.setattr("grpc._channel._run_channel_spin_thread", interrupt)
    with pytest.raises(Interrupted):
        cluster.open()
    run_within(10 * FAREWELL, cluster.close)
    assert cluster.is_lost
