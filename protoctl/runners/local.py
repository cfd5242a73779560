"""The local runner: the installed toolchain as child processes of this one."""

from __future__ import annotations

import errno
import json
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit import process
from protoctl.kit.scratch import find_no_room, no_room, temporary_folder, temporary_place
from protoctl.kit.text import size
from protoctl.runners import exchange

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    from protoctl.model.invocation import Invocation, Outcome

DRIVER = Path(__file__).with_name("driver.py")


def check_room(said: str, needed: int) -> None:
    """Raise MachineError when what a failed program said means that there was no room for its files.

    A file that was too large means that only where this process has a limit; else the tool broke the driver's.
    """
    reason = find_no_room(said)
    is_limited = resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY
    if reason and (is_limited or reason != os.strerror(errno.EFBIG)):
        raise no_room(temporary_place(), reason, size(needed))


class LocalRunner:
    """Runs the driver with this Python."""

    name = "local"

    def __init__(self, install: Callable[[str], Path], reason: str) -> None:
        """Take what gives the folder of a component, installing it on first use, and why this runner was chosen."""
        self.install = install
        self.reason = reason
        self.running: set[subprocess.Popen[bytes]] = set()
        self.is_stopped = False

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Run all in one driver process, as many at once as there are cores."""
        names = {"python", *(invocation.component for invocation in invocations)}
        components = {name: str(self.install(name)) for name in sorted(names)}
        argv = [sys.executable, "-I", "-S", str(DRIVER), json.dumps(components)]
        request = exchange.write_request(invocations)
        with temporary_folder("run") as folder:
            environment = {**os.environ, "TMPDIR": str(folder)}
            done = process.run(argv, stdin=request, environment=environment, started=self.note)
        if done.returncode:
            check_room(done.stderr, len(request))
            last = done.stderr.rstrip().rpartition("\n")[2]  # of a traceback, what was raised
            raise ToolError(f"the toolchain's driver failed with {done.returncode}", said=last)
        outcomes = exchange.read_response(done.stdout, invocations)
        for outcome in outcomes:
            if outcome.returncode:
                check_room(outcome.stderr, len(request))
        return outcomes

    def note(self, driver: subprocess.Popen[bytes]) -> None:
        """Remember a driver that was started, and end it when all were to end meanwhile."""
        self.running.add(driver)
        if self.is_stopped:
            process.stop(driver)

    def stop(self) -> None:
        """Kill every driver with its tools, also those that are about to start."""
        self.is_stopped = True
        for one in list(self.running):
            process.stop(one)
