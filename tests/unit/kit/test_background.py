"""Work in the background is bounded: in time, in number, and by the end of the process."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from protoctl.kit.background import run_together, run_within

if TYPE_CHECKING:
    from collections.abc import Callable


def fail(message: str) -> None:
    """Raise."""
    raise LookupError(message)


def test_what_work_gives_is_given() -> None:
    assert run_within(5, lambda: 3) == 3


def test_what_work_raises_is_raised() -> None:
    with pytest.raises(LookupError, match="lost"):
        run_within(5, partial(fail, "lost"))


def test_work_that_takes_too_long_is_left() -> None:
    over = threading.Event()
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        run_within(0.1, over.wait)
    assert time.monotonic() - begin < 1
    over.set()


def test_results_keep_their_order() -> None:
    assert run_together([partial(delayed, number) for number in (3, 1, 2)], 3) == [3, 1, 2]


def delayed(number: int) -> int:
    """Give a number after as many hundredths of a second."""
    time.sleep(number / 100)
    return number


def test_only_so_much_runs_at_a_time() -> None:
    running, most, guard = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with guard:
            running -= 1

    run_together([work] * 8, 3)
    assert most == 3


def test_after_a_failure_nothing_more_begins() -> None:
    """But for what has begun before anybody knew."""
    begun: list[int] = []
    over = threading.Event()

    def work() -> None:
        begun.append(1)
        over.wait(30)

    works: list[Callable[[], None]] = [partial(fail, "first"), *[work] * 50]
    before = set(threading.enumerate())
    with pytest.raises(LookupError, match="first"):
        run_together(works, 1)
    over.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
    assert len(begun) <= 1


def test_nothing_to_do_gives_nothing() -> None:
    assert run_together([], 3) == []


def test_a_process_ends_although_work_hangs() -> None:
    program = "import time\nfrom protoctl.kit.background import run_within\nrun_within(0.1, lambda: time.sleep(60))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("TimeoutError")
