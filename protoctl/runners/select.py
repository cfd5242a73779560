"""Which runner a build takes, and why."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import EngineError, UsageError
from protoctl.runners.local import LocalRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from protoctl.model.runner import Runner
    from protoctl.model.toolchain import Lock

RUNNERS = ("auto", "docker", "local", "remote")
DEFAULT_SOCKET = Path("/var/run/docker.sock")


def select_runner(
    name: str, lock: Lock, install: Callable[[str], Path], *, offline: bool, remote: Callable[[], Runner]
) -> Runner:
    """Give the runner of a name; `auto` takes docker when it is ready without building anything, and never `remote`.

    Raises UsageError for an unknown name, EngineError when docker was asked for and cannot serve, and what `remote`
    raises.
    """
    if name not in RUNNERS:
        raise UsageError(f"there is no runner {name!r}", hint=f"one of {', '.join(RUNNERS)}")
    if name == "local":
        return LocalRunner(install, "asked for")
    if name == "remote":
        return remote()
    if name == "auto" and not is_engine_likely(os.environ, home_folder()):
        return LocalRunner(install, "no container engine is set up")
    from protoctl.runners.docker import connect  # the engine's client is slow to import

    try:
        return connect(lock, offline=offline)
    except EngineError as error:
        if name == "docker":
            raise
        return LocalRunner(install, error.what)


def home_folder() -> Path:
    """Give the home folder; a user without HOME whom the system does not know has none, and nothing is found there."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull)


def is_engine_likely(environment: Mapping[str, str], home: Path) -> bool:
    """Tell whether anything names an engine; the client takes 0.1 s to import, which is spared where nothing does."""
    if any(environment.get(name) for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG")):
        return True
    return (home / ".docker" / "config.json").exists() or DEFAULT_SOCKET.exists()
