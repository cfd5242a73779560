"""Time and memory are those of the whole family of processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.measure import PROC, Job, measure_memory, measure_time

MEGABYTES = 80
HOLDS = f"import time; held = bytes(range(256)) * 4096 * {MEGABYTES}; time.sleep(0.3)"
STARTS = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}], check=True)"


def job(*statements: str) -> Job:
    """Give a job that runs each statement in a Python of its own."""
    return Job([[sys.executable, "-S", "-c", statement] for statement in statements], Path(), {})


@pytest.mark.skipif(not (PROC / "self/smaps_rollup").exists(), reason="the system tells no PSS")
def test_memory_of_a_grandchild_counts() -> None:
    assert MEGABYTES << 20 < measure_memory(job(STARTS)) < MEGABYTES << 21


def test_commands_run_one_after_another() -> None:
    assert measure_time(job("import time; time.sleep(0.2)", "import time; time.sleep(0.2)")) > 0.4


def test_a_failed_command_is_no_result() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        measure_time(job("raise SystemExit('broken')"))
    assert b"broken" in caught.value.stderr
