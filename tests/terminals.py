"""A terminal that a program believes in, and everything that it draws there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SECONDS_TO_END = 60
ERASE = b"\x1b[2K"
"""What removes a line that moves."""

TOKEN = re.compile(r"\x1b\[\??([0-9;]*)([A-Za-z])|(\r|\n|[^\x1b\r\n]+)")


class Terminal:
    """A program on a terminal."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        """Take the terminal's other end and the program."""
        self.master = master
        self.process = process
        self.drawn = b""

    def wait_for(self, text: bytes) -> None:
        """Read until something was drawn; raises AssertionError when the program ends before."""
        while text not in self.drawn:
            assert self.read(), self.drawn

    def finish(self) -> int:
        """Read what is left and give the exit code."""
        deadline = time.monotonic() + SECONDS_TO_END
        while self.read():
            assert time.monotonic() < deadline, self.drawn[-1000:]
        return self.process.wait(timeout=SECONDS_TO_END)

    def read(self) -> bytes:
        """Give what was drawn since; nothing when the program has left the terminal, or draws nothing any more."""
        if not select.select([self.master], [], [], SECONDS_TO_END)[0]:
            return b""
        try:
            found = os.read(self.master, 1 << 16)
        except OSError:  # how Linux tells that the other end is closed
            found = b""
        self.drawn += found
        return found

    @property
    def left(self) -> list[str]:
        """Give the lines that stay, without colours and blanks at their ends: what was drawn over is gone."""
        rows, row, column = [""], 0, 0
        for ups, order, other in TOKEN.findall(self.drawn.decode()):
            if order == "A":
                row -= int(ups or 1)
            elif order == "K":
                rows[row] = ""
            elif other == "\r":
                column = 0
            elif other == "\n":
                row, column = row + 1, 0
                rows += [""] * (row + 1 - len(rows))
            elif other:
                rows[row] = rows[row][:column].ljust(column) + other + rows[row][column + len(other) :]
                column += len(other)
        return [one.rstrip() for one in rows if one.strip()]


@contextmanager
def terminal(
    argv: Sequence[str | Path], environment: Mapping[str, str], cwd: Path, columns: int = 100
) -> Iterator[Terminal]:
    """Run a program whose standard streams are a terminal of some width; it is killed if it still runs at the end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in environment.items() if name not in {"CI", "NO_COLOR", "COLUMNS", "LINES"}}
    process = subprocess.Popen(
        argv, cwd=cwd, env={**kept, "TERM": "xterm"}, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait(timeout=60)
        os.close(master)
