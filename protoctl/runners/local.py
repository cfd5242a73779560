"""The local runner: the installed toolchain as child processes of this one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit import process
from protoctl.kit.scratch import temporary_folder
from protoctl.runners import exchange

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    from protoctl.model.invocation import Invocation, Outcome

DRIVER = Path(__file__).with_name("driver.py")


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
        with temporary_folder("run") as folder:
            done = process.run(
                argv,
                stdin=exchange.write_request(invocations),
                environment={**os.environ, "TMPDIR": str(folder)},
                started=self.note,
            )
        if done.returncode:
            raise ToolError(f"the toolchain's driver failed with {done.returncode}", said=done.stderr)
        return exchange.read_response(done.stdout, invocations)

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
