"""The one place that starts processes: argument lists, no shell, nothing left running."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Finished:
    """What a process left behind."""

    returncode: int
    """0 for success, negative for a signal."""
    stdout: bytes
    """All of standard output."""
    stderr: str
    """Standard error, undecodable bytes replaced."""


def run(
    argv: Sequence[str],
    *,
    stdin: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float | None = None,
    started: Callable[[subprocess.Popen[bytes]], None] | None = None,
) -> Finished:
    """Run to the end in a process group of its own, which does not survive an interrupt or a timeout.

    `environment` replaces the inherited one; `started` receives the process, so that another thread can `stop` it.
    Raises OSError when the program cannot be started and TimeoutError after `timeout` seconds.
    """
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=None if environment is None else dict(environment),
        start_new_session=True,
    ) as process:
        try:
            if started:
                started(process)
            stdout, stderr = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired as error:
            stop(process)
            message = f"{argv[0]} did not finish within {timeout} seconds"
            raise TimeoutError(message) from error
        except BaseException:
            stop(process)
            raise
    return Finished(process.returncode, stdout, stderr.decode(errors="replace"))


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole process group and wait for its leader; once that was waited for, the number may be another's."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
