"""Real registries on loopback: devpi and pypiserver for Python, Verdaccio for npm, and clients that upload to them.

Tests that use these fixtures carry `registry_tests`: one process runs them all, so that each server starts once.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
import requests
from conftest import succeed
from node_programs import npm, pinned_node
from scripted_server import free_port

from protoctl.kit.digest import digest_bytes
from protoctl.kit.once import make_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kind = Literal["pypi", "npm", "directory"]
registry_tests = [pytest.mark.registries, pytest.mark.xdist_group("indexes")]
CACHE = "PROTOCTL_TEST_CACHE"
PYTHON_SERVERS = ("devpi-server==6.20.3", "pypiserver[passlib]==2.4.2", "setuptools==80.9.0")
NODE_SERVER = '{"private": true, "dependencies": {"verdaccio": "6.8.0"}, "overrides": {"node-fetch": "2.7.0"}}'
USER, PASSWORD = "joe", "canary-word"
VERDACCIO = """
storage: ./storage
auth: {htpasswd: {file: ./htpasswd, max_users: 10}}
uplinks: {}
packages: {"**": {access: $authenticated, publish: $authenticated}}
log: {type: stdout, level: warn}
"""
CHEAP_SECRETS = ("--argon2-memory-cost", "1024", "--argon2-parallelism", "1", "--argon2-time-cost", "1")
"""devpi takes eight seconds of a processor to make a secret otherwise."""
SECONDS_TO_START = 120
VOLATILE = "loose"
"""The index of devpi whose files can be replaced."""


@dataclass(frozen=True)
class Registry:
    """A running server."""

    kind: Kind
    """As the configuration calls it."""
    url: str
    """Where packages are read."""
    uploads: str
    """Where they are uploaded."""
    has_locks: bool
    """Whether reading takes credentials."""
    folder: Path
    """The home of its user: a file there opens it."""

    def upload(self, *packages: Path) -> None:
        """Upload packages with the client that their language has."""
        if self.kind == "pypi":
            login = ["--username", USER, "--password", PASSWORD]
            program = [sys.executable, "-m", "twine", "upload", "--disable-progress-bar", "--non-interactive"]
            succeed(*program, "--repository-url", self.uploads, *login, *packages)
        for package in packages if self.kind == "npm" else ():
            self.run_npm("publish", package, "--tag", "next")

    def run_npm(self, *arguments: str | Path) -> None:
        """Run npm as the user of the registry."""
        npm(*arguments, "--registry", self.url, "--userconfig", self.folder / ".npmrc", cwd=self.folder)


def tools(name: str, key: str, fill: Callable[[Path], None]) -> Path:
    """Give a folder with programs, kept between runs; where they cannot be had the test is skipped, or fails in CI."""
    base = os.environ.get(CACHE) or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "protoctl-tests"
    target = Path(base) / f"{name}-{digest_bytes(key.encode())[:12]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        return make_once(target, "the tests of protoctl", fill)
    except (AssertionError, subprocess.CalledProcessError) as error:
        refuse = pytest.fail if os.environ.get("PROTOCTL_REQUIRE_REGISTRIES") else pytest.skip
        refuse(f"{name} cannot be installed: {error}")


def install_python_servers(folder: Path) -> None:
    """Install devpi and pypiserver into a folder."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert uv
    target = ["--python", sys.executable, "--target", str(folder)]
    succeed(uv, "pip", "install", "--quiet", "--compile-bytecode", *target, *PYTHON_SERVERS)


def install_node_server(folder: Path) -> None:
    """Install Verdaccio into a folder."""
    (folder / "package.json").write_text(NODE_SERVER)
    npm("install", cwd=folder)


@pytest.fixture(scope="session")
def python_servers() -> Path:
    """Give the folder with the Python servers."""
    key = f"{sys.version} {PYTHON_SERVERS}"
    return tools("python-servers", key, install_python_servers)


@pytest.fixture(scope="session")
def node_server() -> Path:
    """Give the folder with the npm server."""
    return tools("node-server", NODE_SERVER, install_node_server)


@contextlib.contextmanager
def running(argv: list[str | Path], port: int, folder: Path, packages: Path | None = None) -> Iterator[None]:
    """Run a server while it is needed; fails with what it said when it does not listen in time."""
    environment = {**os.environ, "PYTHONPATH": str(packages)} if packages else dict(os.environ)
    log = folder / "log"
    with log.open("wb") as stream:
        server = subprocess.Popen(argv, cwd=folder, env=environment, stdout=stream, stderr=stream)
    try:
        wait_for(port, server, log)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when somebody listens."""
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail(log.read_text(errors="replace"))


@pytest.fixture(scope="session")
def pypiserver(python_servers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Give a pypiserver that lets nobody read without a password."""
    folder, port = tmp_path_factory.mktemp("pypiserver"), free_port()
    hashed = (
        "import sys; from passlib.hash import sha256_crypt; print(sha256_crypt.using(rounds=1000).hash(sys.argv[1]))"
    )
    environment = ["env", f"PYTHONPATH={python_servers}"]
    secret = succeed(*environment, sys.executable, "-W", "ignore", "-c", hashed, PASSWORD)
    (folder / "htpasswd").write_text(f"{USER}:{secret}")
    (folder / "packages").mkdir()
    options = [
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "-P",
        "htpasswd",
        "-a",
        "update,download,list",
        "--disable-fallback",
        "packages",
    ]
    with running([sys.executable, "-m", "pypiserver", "run", *options], port, folder, python_servers):
        url = f"http://127.0.0.1:{port}/"
        write_netrc(folder)
        yield Registry("pypi", f"{url}simple/", url, has_locks=True, folder=folder)


@pytest.fixture(scope="session")
def devpi(python_servers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Give an index of devpi that everybody reads."""
    folder, port = tmp_path_factory.mktemp("devpi"), free_port()
    options = ["--serverdir", "server", "--no-root-pypi"]
    program = "import sys; from devpi_server.{0} import {1}; sys.exit({1}())"
    make = [sys.executable, "-c", program.format("init", "init"), *options]
    succeed("env", f"PYTHONPATH={python_servers}", *make, cwd=folder)
    serve = [sys.executable, "-c", program.format("main", "main"), "--serverdir", "server", "--port", str(port)]
    with running([*serve, "--host", "127.0.0.1", *CHEAP_SECRETS], port, folder, python_servers):
        url = f"http://127.0.0.1:{port}/"
        make_devpi_index(url)
        write_netrc(folder)
        yield Registry("pypi", f"{url}{USER}/dev/+simple/", f"{url}{USER}/dev/", has_locks=False, folder=folder)


def write_netrc(folder: Path) -> None:
    """Let the user with a home there open the servers of this machine."""
    (folder / ".netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")


def make_devpi_index(url: str) -> None:
    """Make a user and an index whose files cannot be replaced, and one whose files can."""
    account = {"password": PASSWORD, "email": "joe@acme.example"}
    requests.put(url + USER, json=account, timeout=30).raise_for_status()
    login = requests.post(f"{url}+login", json={"user": USER, "password": PASSWORD}, timeout=30)
    login.raise_for_status()
    session = base64.b64encode(f"{USER}:{login.json()['result']['password']}".encode()).decode()
    headers = {"X-Devpi-Auth": session}
    for name, is_volatile in (("dev", False), (VOLATILE, True)):
        index = {"bases": [], "volatile": is_volatile}
        requests.put(f"{url}{USER}/{name}", json=index, headers=headers, timeout=30).raise_for_status()


@pytest.fixture(scope="session")
def verdaccio(node_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Give a Verdaccio that lets nobody read without a token."""
    folder, port = tmp_path_factory.mktemp("verdaccio"), free_port()
    (folder / "config.yaml").write_text(VERDACCIO)
    program = node_server / "node_modules/verdaccio/bin/verdaccio"
    settings = ["--config", "config.yaml", "--listen", f"127.0.0.1:{port}"]
    with running([pinned_node(), program, *settings], port, folder):
        url = f"http://127.0.0.1:{port}/"
        account = {"name": USER, "password": PASSWORD}
        made = requests.put(f"{url}-/user/org.couchdb.user:{USER}", json=account, timeout=30)
        made.raise_for_status()
        (folder / ".npmrc").write_text(f"//127.0.0.1:{port}/:_authToken={made.json()['token']}\n")
        yield Registry("npm", url, url, has_locks=True, folder=folder)
