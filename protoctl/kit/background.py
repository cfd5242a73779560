"""Work on threads that nobody has to wait for: a process ends although they hang."""

from __future__ import annotations

from concurrent.futures import Future
from queue import Empty, SimpleQueue
from signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask, valid_signals
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Result = TypeVar("Result")


def run_within(seconds: float, work: Callable[[], Result]) -> Result:
    """Give what the work gives, or raise what it raises; TimeoutError when it takes longer.

    Nothing stops the work then, not even a name server that never answers; it is only no longer waited for.
    """
    return start(work).result(timeout=seconds)


def run_together(works: Iterable[Callable[[], Result]], limit: int) -> list[Result]:
    """Give what each gives, in order, at most `limit` of them at a time; raises what the first that failed raised.

    Those not begun by then are left out.
    """
    waiting: SimpleQueue[tuple[Callable[[], Result], Future[Result]]] = SimpleQueue()
    outcomes: list[Future[Result]] = []
    for work in works:
        outcomes.append(Future())
        waiting.put((work, outcomes[-1]))
    for _ in range(min(limit, len(outcomes))):
        Thread(target=drain, args=(waiting,), daemon=True).start()
    try:
        return [outcome.result() for outcome in outcomes]
    finally:
        discard(waiting)


def start(work: Callable[[], Result]) -> Future[Result]:
    """Begin the work on a thread of its own."""
    outcome: Future[Result] = Future()
    Thread(target=settle, args=(work, outcome), daemon=True).start()
    return outcome


def settle(work: Callable[[], Result], outcome: Future[Result]) -> None:
    """Do the work and note what became of it."""
    try:
        outcome.set_result(work())
    except BaseException as error:  # noqa: BLE001  whoever waits gets it
        outcome.set_exception(error)


def drain(waiting: SimpleQueue[tuple[Callable[[], Result], Future[Result]]]) -> None:
    """Do what waits, until nothing does."""
    while True:
        try:
            work, outcome = waiting.get_nowait()
        except Empty:
            return
        settle(work, outcome)


def discard(waiting: SimpleQueue[tuple[Callable[[], Result], Future[Result]]]) -> None:
    """Leave out what has not begun."""
    while True:
        try:
            waiting.get_nowait()
        except Empty:
            return


def start_deaf(thread: Thread) -> None:
    """Start a thread that gets no signals, nor do those that it starts.

    Python handles a signal in the main thread, which goes on waiting for a process when another thread was sent it.
    """
    before = pthread_sigmask(SIG_BLOCK, valid_signals())
    try:
        thread.start()
    finally:
        pthread_sigmask(SIG_SETMASK, before)
