"""The way in and out: signals, errors and exit codes; the one place that turns errors into words."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from protoctl.cli.console import complain, open_streams, report, settle
from protoctl.errors import Interrupted, MachineError, ProtoctlError

if TYPE_CHECKING:
    from types import FrameType

BUG = "error: this is a bug in protoctl; please report it with the lines above"
SIGNALS = (signal.SIGINT, signal.SIGTERM)
LOADER_WORDS = (*map(os.strerror, (errno.ENOMEM, errno.EMFILE, errno.ENFILE)), "failed to map segment")
"""What the system's loader says when it cannot load a compiled module for want of memory or files."""

HINTS = {
    errno.EMFILE: "allow more open files (`ulimit -n`)",
    errno.ENFILE: "end something on this machine that holds many files open",
    errno.ENOSPC: "free space",
    errno.EDQUOT: "free space, or ask for a larger quota",
    errno.EFBIG: "allow larger files (`ulimit -f`)",
    errno.ENOMEM: "allow more memory (`ulimit -v`)",
    errno.EAGAIN: "allow more processes (`ulimit -u`)",
}
"""What to do about an error number that says nothing about a path."""


def main() -> NoReturn:
    """Run the command line and exit."""
    open_streams()
    for number in SIGNALS:
        signal.signal(number, interrupt)
    try:
        code = run(sys.argv[1:])
    except Interrupted as stopped:
        code = stopped.exit_code
        settle()
        complain(f"interrupted; {stopped.left}")
    settle()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # all is done; what is left is to go
    sys.exit(code)


def interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  the shape of a signal handler
    """Leave by an exception, so that every `finally` on the way out runs."""
    raise Interrupted(number)


def run(arguments: list[str]) -> int:
    """Run a command line and give the exit code; raises Interrupted."""
    from protoctl.cli.application import application

    try:
        application()(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except ProtoctlError as error:
        report(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001  whatever arrives here is the machine's fault or a bug, and says so
        settle()
        fault = machine_fault(error)
        if not fault:
            complain(traceback.format_exc() + BUG)
            return ProtoctlError.exit_code
        complain(f"error: {fault}")
        return MachineError.exit_code
    return 0


def machine_fault(error: Exception) -> str:
    """Say what this machine refused, and for which path; nothing when it refused nothing."""
    if isinstance(error, MemoryError):
        return "out of memory\nhint: allow more (`ulimit -v`), or build fewer modules at once"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return "no further thread can be started\nhint: allow more processes (`ulimit -u`) or memory"
    if isinstance(error, ImportError) and any(words in str(error) for words in LOADER_WORDS):
        return f"a part of protoctl cannot be loaded: {error}"
    if not isinstance(error, OSError):
        return ""
    reason = error.strerror or str(error)
    hint = HINTS.get(error.errno or 0, "")
    return (f"{reason}: {error.filename}" if error.filename else reason) + (f"\nhint: {hint}" if hint else "")
