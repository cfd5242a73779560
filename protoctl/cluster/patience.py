"""How long somebody may be waited for, in all."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Protocol, TypeVar

from protoctl.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 3.0
"""For one that gives nothing."""
BYTES = 4 << 20
"""What is worth another second: whoever is slower is no help."""
CANCELLED = "CANCELLED"
"""How gRPC calls what `Call.cancel` does."""
ANSWERS = 500
"""How many answers, whatever they say, are worth another second."""


class Call(Protocol):
    """Something that can be waited for."""

    def cancel(self) -> None:
        """End the wait of whoever waits, with a ClusterError."""
        ...


AnyCall = TypeVar("AnyCall", bound=Call)


class Patience:
    """Seconds that can be waited, over all threads; time in which several wait counts once.

    Whoever is waited for earns more by what he gives.
    """

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the seconds to begin with."""
        self.seconds = seconds
        self.clock = clock
        self.has_earned = False
        self.waiters = 0
        self.since = 0.0
        self.lock = Lock()

    def earn(self, *, answers: int = 0, size: int = 0) -> None:
        """Wait longer for one that answers."""
        with self.lock:
            self.has_earned = True
            self.seconds += answers / ANSWERS + size / BYTES

    def left(self) -> float:
        """Give the seconds that are left, which may be none."""
        with self.lock:
            return self.seconds - (self.clock() - self.since if self.waiters else 0)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time in here."""
        with self.lock:
            if not self.waiters:
                self.since = self.clock()
            self.waiters += 1
        try:
            yield
        finally:
            with self.lock:
                self.waiters -= 1
                if not self.waiters:
                    self.seconds -= self.clock() - self.since

    @contextmanager
    def waiting(self) -> Iterator[Wait]:
        """Count the time in here; raises ClusterError when it is used up, before or in the middle."""
        wait = Wait(self)
        with self.counted():
            try:
                wait.check()
                yield wait
            except ClusterError as error:
                if error.code == CANCELLED:
                    wait.check()
                raise
            finally:
                wait.end()


class Wait:
    """One wait for some calls, which are cancelled when patience ends."""

    def __init__(self, patience: Patience) -> None:
        """Take whose patience it is."""
        self.patience = patience
        self.calls: list[Call] = []
        self.is_over = Event()

    def on(self, call: AnyCall) -> AnyCall:
        """Wait for a call too, and give it back."""
        self.calls.append(call)
        if len(self.calls) == 1:
            Thread(target=self.guard, daemon=True).start()
        return call

    def check(self) -> None:
        """Raise ClusterError when no patience is left."""
        if self.patience.left() <= 0:
            is_slow = self.patience.has_earned
            raise ClusterError("it is slower than the work that it would spare" if is_slow else "it does not answer")

    def guard(self) -> None:
        """Cancel the calls once patience is used up."""
        while not self.is_over.wait(max(self.patience.left(), 0)):
            if self.patience.left() <= 0:
                self.end()
                for call in self.calls:
                    call.cancel()

    def end(self) -> None:
        """Guard no longer."""
        self.is_over.set()
