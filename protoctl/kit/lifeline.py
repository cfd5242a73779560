"""Runs a program that does not outlive whoever waits for it.

When the other end of a socket closes, the program's process group is killed: a process that is killed runs no
`finally`, but the system closes its sockets. This file is not imported, process.py starts it as the group's leader. It
uses nothing but built-in modules, since each tool waits for it.

Usage: lifeline.py SOCKET PROGRAM ARGUMENT…

SOCKET is the number of an open file descriptor. The program has this process's standard streams, folder and
environment, and its end is this process's end. Why a program could not be started is written to the socket as an errno.
"""

from __future__ import annotations

import os
import sys
from _signal import (  # type: ignore[import-not-found]  # what `signal` wraps in enums, which take 4 ms
    SIG_DFL,
    SIGKILL,
    SIGPIPE,
    SIGXFSZ,
    signal,
)
from _thread import start_new_thread


def main() -> None:
    """Start the program and end as it does."""
    line, argv = int(sys.argv[1]), sys.argv[2:]
    os.set_inheritable(line, False)  # noqa: FBT003  positional only
    start_new_thread(watch, (line,))
    try:
        child = os.posix_spawnp(argv[0], argv, os.environ, setsigdef=[SIGPIPE, SIGXFSZ])  # which Python ignores
    except OSError as error:
        os.write(line, str(error.errno).encode())
        return
    _, status = os.waitpid(child, 0)
    end(os.waitstatus_to_exitcode(status))


def watch(line: int) -> None:
    """Kill the group, this process included, once nobody holds the other end."""
    os.read(line, 1)
    os.killpg(0, SIGKILL)


def end(code: int) -> None:
    """End with an exit code, or for a negative one by the signal that it stands for."""
    if code < 0:
        if -code != SIGKILL:
            signal(-code, SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main()
