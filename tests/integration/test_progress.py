"""What moves on a terminal while something takes long, and that nothing moves anywhere else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from terminals import ERASE, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Workspace

PROGRAM = """
import sys
from protoctl.cli.console import emit, live_line, say
from protoctl.model.event import Event, Level

line = live_line()

def draw(number):
    while line and line.progress is None: pass
    emit(Event(f"packing [b]part {number}[/b]", Level.PROGRESS, number, 5))
    if line: line.progress.refresh()

emit(Event("building what takes \\x1b[31m long"))
draw(3)
emit(Event("a note", Level.NOTE))
emit(Event("the next step goes on"))
draw(5)
emit(Event("the last step"))
say("data")
"""


def environment(protoctl: Protoctl) -> dict[str, str]:
    """Give the environment of a person at a terminal."""
    return {name: value for name, value in protoctl.environment.items() if name != "NO_COLOR"}


@pytest.mark.parametrize("columns", [20, 100])
def test_a_line_moves_below_lines_that_stay(protoctl: Protoctl, tmp_path: Path, columns: int) -> None:
    argv = [sys.executable, "-c", PROGRAM]
    with terminal(argv, environment(protoctl), tmp_path, columns) as shown:
        assert shown.finish() == 0
    assert b"3/5" in shown.drawn
    assert ("━".encode() in shown.drawn) == (columns == 100)
    assert (b"packing [b]part 3" in shown.drawn) == (columns == 100)
    assert shown.left[-4:] == ["a note", "the next step goes on", "the last step", "data"]
    assert shown.drawn.rindex(b"\x1b[?25h") > shown.drawn.rindex(b"\x1b[?25l")


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"NO_COLOR": ""}, {"TERM": "dumb"}], ids=str)
def test_nothing_moves_where_plain_lines_are_asked_for(
    protoctl: Protoctl, tmp_path: Path, variables: dict[str, str]
) -> None:
    words = [f"{name}={value}" for name, value in variables.items()]
    argv = ["env", *words, sys.executable, "-c", PROGRAM + "assert 'rich' not in sys.modules"]
    with terminal(argv, environment(protoctl), tmp_path) as shown:
        assert shown.finish() == 0
    assert ERASE not in shown.drawn
    assert b"packing" not in shown.drawn


def test_lines_in_a_pipe_are_plain_and_a_closed_pipe_stops_nothing(protoctl: Protoctl, tmp_path: Path) -> None:
    argv = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(argv, cwd=tmp_path, env=environment(protoctl), capture_output=True, text=True, check=True)
    assert done.stdout == "data\n"
    assert done.stderr.splitlines()[1:] == ["a note", "the next step goes on", "the last step"]
    reader, writer = os.pipe()
    os.close(reader)
    subprocess.run(argv, cwd=tmp_path, env=environment(protoctl), stdout=writer, stderr=writer, check=True)
    os.close(writer)


def test_who_interrupts_finds_the_terminal_as_it_was(protoctl: Protoctl, workspace: Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/simple/"
        variables = {**environment(protoctl), "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": url}
        argv = [sys.executable, "-m", "protoctl", "lock", "--upgrade"]
        with terminal(argv, variables, workspace.root) as shown:
            shown.wait_for(b"asking the indexes")
            shown.wait_for(b"0:00:00")
            shown.process.send_signal(signal.SIGINT)
            assert shown.finish() == 130
    assert shown.left[-1] == "interrupted; nothing was left half done"
    assert "0:00:0" not in "\n".join(shown.left)
    assert shown.drawn.rindex(b"\x1b[?25h") > shown.drawn.rindex(b"\x1b[?25l")
