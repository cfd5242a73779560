"""Time, processor and memory are those of the whole family of processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.measure import Job, measure
from bench.memory import PROC

MEGABYTES = 80
HOLDS = f"import time; held = bytes(range(256)) * 4096 * {MEGABYTES}; time.sleep(0.3)"
WORKS = "import time\nwhile time.process_time() < 0.3: pass"
STARTS = "import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {!r}], check=True)"
WAITS_FOREVER = "import threading; threading.Event().wait()"


def job(*statements: str, limit: float | None = None) -> Job:
    """Give a job that runs each statement in a Python of its own."""
    return Job([[sys.executable, "-S", "-c", statement] for statement in statements], Path(), {}, limit)


@pytest.mark.skipif(not (PROC / "self/smaps_rollup").exists(), reason="the system tells no PSS")
def test_memory_of_a_grandchild_counts() -> None:
    assert MEGABYTES << 20 < measure(job(STARTS.format(HOLDS)), is_watched=True).peak < MEGABYTES << 21


def test_the_processor_of_a_grandchild_counts() -> None:
    assert measure(job(STARTS.format(WORKS))).processor > 0.3


def test_commands_run_one_after_another() -> None:
    assert measure(job("import time; time.sleep(0.2)", "import time; time.sleep(0.2)")).seconds > 0.4


@pytest.mark.parametrize("is_watched", [False, True])
def test_a_failed_command_is_no_result(is_watched: bool) -> None:  # noqa: FBT001 - a parameter of the test
    with pytest.raises(subprocess.CalledProcessError) as caught:
        measure(job("raise SystemExit('broken')"), is_watched=is_watched)
    assert b"broken" in caught.value.stderr


@pytest.mark.parametrize("is_watched", [False, True])
def test_what_takes_too_long_is_stopped_with_all_that_it_started(is_watched: bool) -> None:  # noqa: FBT001 - as above
    cost = measure(job(STARTS.format(WAITS_FOREVER), limit=0.3), is_watched=is_watched)
    assert cost.is_stopped
    assert cost.seconds > 0.3


def test_what_ends_in_time_is_not_stopped() -> None:
    assert not measure(job("", limit=60)).is_stopped
