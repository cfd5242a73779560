"""The local runner: the installed toolchain as child processes of this one."""

from __future__ import annotations

import errno
import os
import resource
import sys
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit import process
from protoctl.kit.scratch import find_no_room, no_room, temporary_folder, temporary_place
from protoctl.kit.text import size
from protoctl.runners.conversation import Driver, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

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
        self.line = Line(start_driver)
        weakref.finalize(self, self.line.close)

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Run all, as many at once as there are cores, in a driver that lives until `close`."""
        names = {"python", *(invocation.component for invocation in invocations)}
        folders = {name: str(self.install(name)) for name in sorted(names)}
        conversation = self.line.open()
        outcomes = conversation.ask(invocations, folders)
        for outcome in outcomes:
            if outcome.returncode:
                check_room(outcome.stderr, conversation.sent)
        return outcomes

    def stop(self) -> None:
        """Kill the driver with its tools, and let none start."""
        self.line.stop()

    def close(self) -> None:
        """End the driver."""
        self.line.close()


def start_driver(resources: ExitStack) -> Driver:
    """Start the driver with a folder for its scratch files."""
    folder = resources.enter_context(temporary_folder("run"))
    argv = [sys.executable, "-I", "-S", str(DRIVER)]
    program = resources.enter_context(process.opened(argv, {**os.environ, "TMPDIR": str(folder)}))

    def end() -> None:
        """Raise what it means that the driver ended."""
        done = program.wait()
        if done.returncode:
            check_room(done.stderr, program.written)
            last = done.stderr.rstrip().rpartition("\n")[2]  # of a traceback, what was raised
            raise ToolError(f"the toolchain's driver failed with {done.returncode}", said=last)

    return Driver(program.write, program.read, end, lambda: process.stop(program.process))
