"""Which runner a build takes, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import EngineError, UsageError
from protoctl.runners.local import LocalRunner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from protoctl.model.runner import Runner
    from protoctl.model.toolchain import Lock

RUNNERS = ("auto", "docker", "local")


def select_runner(name: str, lock: Lock, install: Callable[[str], Path], *, offline: bool) -> Runner:
    """Give the runner of a name; `auto` takes docker when it is ready without building anything.

    Raises UsageError for an unknown name and EngineError when docker was asked for and cannot serve.
    """
    if name not in RUNNERS:
        raise UsageError(f"there is no runner {name!r}", hint=f"one of {', '.join(RUNNERS)}")
    if name == "local":
        return LocalRunner(install, "asked for")
    from protoctl.runners.docker import connect

    try:
        return connect(lock, offline=offline)
    except EngineError as error:
        if name == "docker":
            raise
        return LocalRunner(install, error.what)
