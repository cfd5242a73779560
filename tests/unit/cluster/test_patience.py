"""Patience is used up by waiting, however many wait, and earned by what comes."""

from __future__ import annotations

from threading import Event

import pytest

from protoctl.cluster.patience import ANSWERS, BYTES, CANCELLED, Patience
from protoctl.errors import ClusterError


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Begin."""
        self.now = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


class Hanging:
    """A call that ends only when it is cancelled."""

    def __init__(self) -> None:
        """Hang."""
        self.cancelled = Event()

    def cancel(self) -> None:
        """End."""
        self.cancelled.set()

    def result(self) -> None:
        """Wait."""
        assert self.cancelled.wait(30)
        raise ClusterError("the call was cancelled", code=CANCELLED)


def test_waits_beside_each_other_count_once() -> None:
    clock = Clock()
    patience = Patience(3, clock)
    with patience.waiting():
        clock.now += 1
        with patience.waiting():
            clock.now += 1
            assert patience.left() == 1
    clock.now += 50
    assert patience.left() == 1


def test_what_comes_is_worth_time() -> None:
    patience = Patience(3, Clock())
    patience.earn(answers=ANSWERS)
    patience.earn(size=2 * BYTES)
    assert patience.left() == 6


def test_without_patience_nothing_is_begun() -> None:
    clock = Clock()
    patience = Patience(3, clock)
    with patience.waiting():
        clock.now += 4
    with pytest.raises(ClusterError, match="does not answer"), patience.waiting():
        pytest.fail("it began")


@pytest.mark.parametrize(("earned", "why"), [(0, "does not answer"), (1, "slower")])
def test_a_call_that_hangs_is_cancelled(earned: int, why: str) -> None:
    patience = Patience(0.05)
    if earned:
        patience.earn(answers=earned)
    call = Hanging()
    with pytest.raises(ClusterError, match=why), patience.waiting() as wait:
        wait.on(call).result()
    assert call.cancelled.is_set()


def test_a_call_that_somebody_else_cancels_says_so() -> None:
    call = Hanging()
    call.cancel()
    with pytest.raises(ClusterError, match="was cancelled"), Patience(30).waiting() as wait:
        wait.on(call).result()
