"""Processes end with those who wait for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from protoctl.kit.process import run, stop

WAITER = """
import signal, sys
from protoctl.kit.process import run, stop
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit that it is ignored
run(["sh", "-c", "echo $$ > pid; mkfifo never; cat never"], folder=sys.argv[1])
"""


def test_what_a_process_left_is_given(tmp_path: Path) -> None:
    done = run(["sh", "-c", "cat; pwd; printf '\\377' >&2; exit 3"], stdin=b"in\n", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (3, f"in\n{tmp_path}\n".encode(), "\ufffd")


def test_the_environment_is_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    script = 'echo "$INHERITED $GIVEN"'
    assert run(["/bin/sh", "-c", script]).stdout == b"yes \n"
    assert run(["/bin/sh", "-c", script], environment={"GIVEN": "yes"}).stdout == b" yes\n"


@pytest.mark.parametrize("variable", ["PROTOCTL_INDEX_TEAM_TOKEN", "PROTOCTL_REMOTE_HEADER"])
def test_credentials_are_inherited_by_nobody(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "canary")
    assert b"canary" not in run(["env"]).stdout
    assert b"canary" not in run(["env"], environment={**os.environ}).stdout


def test_a_signal_is_a_negative_code() -> None:
    assert run(["sh", "-c", "kill -ABRT $$"]).returncode == -signal.SIGABRT


def test_a_program_that_is_missing_is_an_oserror() -> None:
    with pytest.raises(FileNotFoundError):
        run(["/nowhere/program"])


def test_more_input_and_output_than_a_pipe_holds() -> None:
    data = os.urandom(1 << 20)
    assert run(["cat"], stdin=data).stdout == data


def test_input_that_nobody_reads_is_no_error() -> None:
    assert run(["true"], stdin=bytes(1 << 20)).returncode == 0


def test_a_timeout_ends_the_whole_group(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match=r"sh did not finish within 0\.2 seconds"):
        run(["sh", "-c", "sleep 60 & echo $! > pid; wait"], folder=tmp_path, timeout=0.2)
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_a_timeout_ends_what_outlived_the_leader(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        run(["sh", "-c", "sleep 60 & echo $! > pid"], folder=tmp_path, timeout=0.2)
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_another_thread_can_stop_a_process() -> None:
    assert (
        run(["sleep", "60"], started=lambda process: threading.Thread(target=stop, args=(process,)).start()).returncode
        == -9
    )


def test_an_interrupt_ends_what_was_waited_for(tmp_path: Path) -> None:
    waiting = subprocess.Popen([sys.executable, "-c", WAITER, str(tmp_path)], stderr=subprocess.PIPE)
    started = threading.Event()
    while not (tmp_path / "never").exists() and waiting.poll() is None:
        started.wait(0.01)
    waiting.send_signal(signal.SIGINT)
    waiting.communicate()
    assert is_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_killed_waiter(tmp_path: Path, number: signal.Signals) -> None:
    waiting = subprocess.Popen([sys.executable, "-c", WAITER, str(tmp_path)], stderr=subprocess.DEVNULL)
    started = threading.Event()
    while not (tmp_path / "never").exists() and waiting.poll() is None:
        started.wait(0.01)
    waiting.send_signal(number)
    assert waiting.wait() == -number
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_a_program_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    (tmp_path / "program").write_text("")
    with pytest.raises(PermissionError, match="program"):
        run([str(tmp_path / "program")])


def is_gone(number: int) -> bool:
    """Tell whether a process that was killed ends; one that is no child of ours cannot be waited for."""
    deadline = time.monotonic() + 10
    while state(number) not in {"", "Z", "X"}:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def state(number: int) -> str:
    """Give the letter for a process's state, nothing when there is none, Z when nobody has collected it yet."""
    if Path("/proc/self/stat").exists():
        with suppress(FileNotFoundError, ProcessLookupError):
            return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        return ""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False)
    return done.stdout.strip()[:1]
