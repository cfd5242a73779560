"""A `protoctl build --watch` that runs, and what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Protoctl

ARGUMENTS = ("build", "--watch", "--runner", "local")
SECONDS = 60
"""For a line to come."""
WATCHING = "watching protoctl.toml, protoctl.lock and the protos; Ctrl-C ends it"


class Watcher:
    """The running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the process, whose output is read from now on."""
        self.process = process
        self.lines: SimpleQueue[str | None] = SimpleQueue()
        self.said: list[str] = []
        self.streams = [stream for stream in (process.stdout, process.stderr) if stream]
        self.open = len(self.streams)
        for stream in self.streams:
            Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream: IO[str]) -> None:
        """Note each line."""
        for line in stream:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def wait_for(self, text: str) -> str:
        """Give the next line that holds a text; raises AssertionError when the program ends before or says nothing."""
        while self.open:
            try:
                line = self.lines.get(timeout=SECONDS)
            except Empty:
                break
            if line is None:
                self.open -= 1
                continue
            self.said.append(line)
            if text in line:
                return line
        message = f"{text!r} was not said, but {self.said}"
        raise AssertionError(message)

    def end(self, number: int) -> int:
        """Send a signal and give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS)


@contextmanager
def watching(protoctl: Protoctl, root: Path, *arguments: str | Path, **variables: str) -> Iterator[Watcher]:
    """Start to watch a workspace; the program is killed in the end unless it has ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "protoctl", *ARGUMENTS, *map(str, arguments)],
        cwd=root,
        env={**os.environ, **protoctl.environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # so that lines come in the order in which they are printed
        text=True,
    )
    with watched(process) as watcher:
        yield watcher


@contextmanager
def watched(process: subprocess.Popen[str]) -> Iterator[Watcher]:
    """Give a program that was started; it is killed in the end unless it has ended."""
    with process:
        try:
            yield Watcher(process)
        finally:
            process.kill()
