"""Processes that make packages side by side, this one among them: Python computes in one thread at a time."""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import ExitStack, suppress
from queue import LifoQueue
from typing import TYPE_CHECKING

from protoctl.codegen.memory import packing_limit
from protoctl.errors import ToolError
from protoctl.flows.worker import LENGTH, Task, encode_task, frame
from protoctl.kit import process
from protoctl.kit.cores import core_count

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from protoctl.kit.process import Program

    Files = dict[str, bytes]
    Make = Callable[[Task], Files]

SPEED = 500_000
"""Bytes of protos for which one language's packages are made in a second, about."""
WORTH = 1.0
"""Seconds of work for which a process is started: that takes it a third of a second."""
HELD = 200 << 20
"""Bytes that a process holds, about."""


def worker_count(size: int) -> int:
    """Give how many processes shall make packages of so many bytes of protos, each language counted for itself.

    At most as many as there are cores, and beside this one as many as fit into the memory that is for them.
    """
    most = min(core_count() - 1, packing_limit() // HELD)
    return 1 + min(most, int(size / SPEED / WORTH))


class Workers:
    """So many processes, of which all but this one are started at once."""

    def __init__(self, count: int, folder: Path) -> None:
        """Take how many, this one included, and a folder for their temporary files."""
        with ExitStack() as started:
            programs = [started.enter_context(process.opened(*command(folder))) for _ in range(count - 1)]
            self.resources = started.pop_all()
        self.others = [Beside(program) for program in programs]
        self.idle: LifoQueue[Make] = LifoQueue()
        for make in (*(other.make for other in self.others), Task.run):  # this process is asked first
            self.idle.put(make)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the other processes, at once when something failed."""
        with self.resources:
            for other in self.others if kind is None else ():
                other.end()

    def make(self, task: Task) -> Files:
        """Give a package's artifacts by file name, once one of the processes is idle; raises what making it raised."""
        make = self.idle.get()
        try:
            return make(task)
        finally:
            self.idle.put(make)


class Beside:
    """Another process."""

    def __init__(self, program: Program) -> None:
        """Take what runs `worker.py`."""
        self.program = program

    def make(self, task: Task) -> Files:
        """Hand over a task and give its artifacts; raises what it raises there, and ToolError when the process ends."""
        data = encode_task(task)
        with suppress(OSError, ValueError):  # why it reads no more is told by its end
            self.program.write(frame(data))
            self.program.write(data)
        size = int.from_bytes(self.program.read(LENGTH))
        answer = self.program.read(size)
        if not size or len(answer) < size:
            done = self.program.wait()
            process.refuse_ended()
            last = done.stderr.rstrip().rpartition("\n")[2]
            hint = "where memory is short, PROTOCTL_MEMORY=500MB lets no such process start"
            raise ToolError(f"a process that makes packages ended with {done.returncode}", said=last, hint=hint)
        made: Files | Exception = pickle.loads(answer)  # noqa: S301  from a process of ours
        if isinstance(made, Exception):
            raise made
        return made

    def end(self) -> None:
        """Let it end, which it does where no task follows."""
        self.program.close()
        self.program.wait()


def command(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Give the program that serves, and its environment: the same modules are found there as here."""
    modules = os.pathsep.join(map(os.path.abspath, sys.path))
    argv = [sys.executable, "-P", "-c", "from protoctl.flows.worker import main; main()"]
    return argv, {**os.environ, "PYTHONPATH": modules, "TMPDIR": str(folder)}
