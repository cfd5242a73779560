"""The one place that starts processes: argument lists, no shell, nothing left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING

from protoctl.errors import Interrupted

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Mapping, Sequence

LIFELINE = Path(__file__).with_name("lifeline.py")
PRIVATE = ("PROTOCTL_INDEX_", "PROTOCTL_REMOTE_")
"""How the variables begin that hold credentials for what protoctl alone asks: no program inherits them."""
RUNNING: set[subprocess.Popen[bytes]] = set()
"""What threads wait for at this moment."""
ASKED: list[Interrupted] = []
"""What asked to end; nothing is started after it."""


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
    """Run to the end in a process group of its own, which survives neither an interrupt, a timeout nor this process.

    `environment` replaces the inherited one; `started` receives the process, so that another thread can `stop` it.
    Raises OSError when the program cannot be started, TimeoutError after `timeout` seconds, and Interrupted in every
    thread after `end_all`.
    """
    from socket import socketpair  # slow to import, and seldom is anything run

    ours, theirs = socketpair()
    with ours, start(argv, theirs, folder, environment) as process:
        RUNNING.add(process)
        try:
            refuse_ended()
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
        finally:
            RUNNING.discard(process)
        refuse_ended()
        check_started(ours, argv[0])
    return Finished(process.returncode, stdout, stderr.decode(errors="replace"))


class Program:
    """A program that is talked with."""

    def __init__(self, argv: Sequence[str], process: subprocess.Popen[bytes], line: socket.socket) -> None:
        """Take what was started, and the line that tells why it could not be."""
        self.argv = argv
        self.process = process
        self.line = line
        self.written = 0
        self.said: list[bytes] = []
        self.listener = Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self) -> None:
        """Take what it says on standard error, which must not stand in its way."""
        with suppress(ValueError, OSError):  # closed meanwhile
            self.said.append(stream_of(self.process.stderr).read())

    def write(self, data: bytes) -> None:
        """Write to its standard input; raises OSError or ValueError when it does not read any more."""
        stream = stream_of(self.process.stdin)
        stream.write(data)
        stream.flush()
        self.written += len(data)

    def read(self, size: int) -> bytes:
        """Give that many bytes of its standard output, fewer at the end."""
        return stream_of(self.process.stdout).read(size)

    def close(self) -> None:
        """Say that nothing more is written."""
        with suppress(OSError):  # it reads no more
            stream_of(self.process.stdin).close()

    def wait(self) -> Finished:
        """Give how it ended, once it has; raises OSError when it could not be started."""
        self.process.wait()
        self.listener.join()
        check_started(self.line, self.argv[0])
        return Finished(self.process.returncode, b"", b"".join(self.said).decode(errors="replace"))


def stream_of(stream: IO[bytes] | None) -> IO[bytes]:
    """Give a stream that is there, since all three are pipes."""
    if stream is None:
        message = "the program has no such stream"
        raise ValueError(message)
    return stream


@contextmanager
def opened(argv: Sequence[str], environment: Mapping[str, str]) -> Iterator[Program]:
    """Start a program to talk with, as `run` does, and kill it on the way out unless it has ended."""
    from socket import socketpair  # as above

    ours, theirs = socketpair()
    with ours, start(argv, theirs, None, environment) as process:
        program = Program(argv, process, ours)
        RUNNING.add(process)
        try:
            refuse_ended()
            yield program
        finally:
            stop(process)
            RUNNING.discard(process)
            program.close()


def end_all(interrupted: Interrupted) -> None:
    """Kill what other threads wait for, and let none of them begin anything: who is asked to end waits for nobody."""
    ASKED.append(interrupted)
    for process in tuple(RUNNING):
        stop(process)


def refuse_ended() -> None:
    """Raise Interrupted where this process was asked to end."""
    if ASKED:
        raise Interrupted(*ASKED[0].args)


def start(
    argv: Sequence[str], line: socket.socket, folder: Path | None, environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    """Start a program that ends when the other end of the line closes; this end is closed here.

    An interrupt in here leaves a process that nobody knows, and the line closes on the way out.
    """
    inherited = os.environ if environment is None else environment
    with line:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(LIFELINE), str(line.fileno()), *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={name: value for name, value in inherited.items() if not name.startswith(PRIVATE)},
            start_new_session=True,
            pass_fds=[line.fileno()],
        )


def check_started(line: socket.socket, program: str) -> None:
    """Raise the OSError that kept the program from being started; its leader has ended."""
    with suppress(ConnectionResetError):
        said = line.recv(16)
        if said:
            raise OSError(int(said), os.strerror(int(said)), program)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole process group and wait for its leader; once that was waited for, the number may be another's."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
