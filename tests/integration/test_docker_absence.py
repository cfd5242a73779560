"""No engine, or one that cannot be used: told at once, with what to do."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
from conftest import fresh_cache

from protoctl.errors import EngineError
from protoctl.runners.docker import Engine, absence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Protoctl, Sample

SECONDS = 2


@pytest.fixture
def mute() -> Iterator[str]:
    """Give the address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def refused() -> str:
    """Give an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"


def assert_told(address: str, words: str, monkeypatch: pytest.MonkeyPatch) -> EngineError:
    """Connect and give the error, which comes in time."""
    monkeypatch.setenv("DOCKER_HOST", address)
    begin = time.monotonic()
    with pytest.raises(EngineError, match=words) as caught:
        Engine.open()
    assert time.monotonic() - begin < SECONDS
    assert address in caught.value.what
    assert caught.value.hint
    return caught.value


def test_a_refused_connection_is_told(refused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong port."""
    error = assert_told(refused, "no container engine answers", monkeypatch)
    assert "refused" in error.said


def test_a_mute_server_is_not_waited_for(mute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong server."""
    error = assert_told(mute, "no container engine answers", monkeypatch)
    assert "timed out" in error.said


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "ftp://engine", "tcp://name.invalid:2375"])
def test_an_impossible_address_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the client says about it."""
    assert_told(address, "no container engine answers", monkeypatch)


def test_a_socket_of_others_is_told_apart() -> None:
    """The usual case of a user who is not in the engine's group; the client wraps the cause three times."""
    error = Exception("Error while fetching server API version")
    error.__cause__ = ConnectionError("Connection aborted.")
    error.__cause__.__context__ = PermissionError(13, "Permission denied")
    told = absence("unix:///var/run/docker.sock", error)
    assert told.what == "no permission to use the container engine at unix:///var/run/docker.sock"
    assert told.said == "[Errno 13] Permission denied"
    assert "group docker" in told.hint


@pytest.mark.registries
def test_docker_fails_where_auto_goes_on(sample: Sample, protoctl: Protoctl, tmp_path: Path) -> None:
    """Exit code 4 with a hint, and a line that says why the local runner was taken."""
    address = "unix:///nowhere/docker.sock"
    arguments = ("build", "--workspace", sample.root, "--out", tmp_path / "dist", "--version", "7.0.0.dev1")
    cache = str(fresh_cache(tmp_path / "cache"))  # what is known needs no runner
    begin = time.monotonic()
    done = protoctl(*arguments, "--runner", "docker", DOCKER_HOST=address, PROTOCTL_CACHE_DIR=cache)
    assert done.code == 4
    assert time.monotonic() - begin < SECONDS
    assert f"error: no container engine answers at {address}\n" in done.err
    assert "No such file or directory" in done.err
    assert "\nhint: start it, set DOCKER_HOST, or use --runner local" in done.err
    assert not (tmp_path / "dist").exists()
    done = protoctl(*arguments, DOCKER_HOST=address, PROTOCTL_CACHE_DIR=cache)
    assert done.code == 0, done.err
    assert f"runner: local (no container engine answers at {address})" in done.err
