"""Several threads ask one driver, and each gets the answer to what it asked."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import EngineError, ToolError
from protoctl.kit.process import refuse_ended
from protoctl.runners.exchange import END, RESPONSE_LIMIT, AnswersEndedError, read_answer, write_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from protoctl.model.invocation import Invocation, Outcome


@dataclass(frozen=True)
class Driver:
    """A driver that was started."""

    write: Callable[[bytes], object]
    """Sends bytes; raises OSError or ValueError when it reads no more."""
    read: Callable[[int], bytes]
    """Gives as many bytes as it is asked for, fewer only at the end."""
    end: Callable[[], None]
    """Waits for its end, and raises what a bad end means."""
    kill: Callable[[], None]
    """Ends it at once."""
    limit: int = RESPONSE_LIMIT
    """The most bytes of an answer."""


class Conversation:
    """The requests to a driver and its answers; invocations run side by side, whoever asked."""

    def __init__(self, driver: Driver) -> None:
        """Begin to listen."""
        self.driver = driver
        self.guard = threading.Lock()
        self.writing = threading.Lock()
        self.waiting: dict[int, Future[Outcome]] = {}
        self.count = 0
        self.sent = 0
        self.fault: BaseException | None = None
        self.is_over = False
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def ask(
        self, invocations: Sequence[Invocation], folders: Mapping[str, str], seconds: float | None = None
    ) -> list[Outcome]:
        """Give the outcomes in the order of the invocations; `folders` is as in `write_request`.

        Raises what ended the driver, EngineError when nothing is heard for `seconds`, and Interrupted after `end_all`.
        """
        asked = [self.submit(invocation, folders) for invocation in invocations]
        unanswered = set(asked)
        while unanswered:
            done, unanswered = wait(unanswered, seconds, return_when="FIRST_COMPLETED")
            if not done:
                self.driver.kill()
                hint = "split the workspace, or use --runner local, which waits"
                raise EngineError(f"the container did not finish within {seconds:g} seconds", hint=hint)
            for one in done:
                if one.exception():
                    refuse_ended()
                    one.result()
        return [one.result() for one in asked]

    def submit(self, invocation: Invocation, folders: Mapping[str, str]) -> Future[Outcome]:
        """Send a request; what becomes of it is in the future."""
        future: Future[Outcome] = Future()
        with self.guard:
            if self.is_over:
                future.set_exception(self.fault or ToolError("the toolchain's driver has ended"))
                return future
            number, self.count = self.count, self.count + 1
            self.waiting[number] = future
        with self.writing, suppress(OSError, ValueError):  # why it stopped reading is told by its end
            for piece in write_request(number, invocation, folders):
                self.driver.write(piece)
                self.sent += len(piece)
        return future

    def listen(self) -> None:
        """Hand out answers until the driver ends; then nobody waits any longer."""
        try:
            while True:
                number, outcome = read_answer(self.driver.read, self.driver.limit)
                self.take(number).set_result(outcome)
        except AnswersEndedError:
            self.finish(self.reason())
        except BaseException as error:  # noqa: BLE001  it is raised where somebody waits
            self.finish(error)

    def take(self, number: int) -> Future[Outcome]:
        """Give who waits for an answer; raises ToolError when nobody does."""
        with self.guard:
            found = self.waiting.pop(number, None)
        if found is None:
            raise ToolError("the toolchain gave an answer that cannot be read", said=f"nobody asked number {number}")
        return found

    def reason(self) -> BaseException:
        """Give what it means that the driver has ended."""
        try:
            self.driver.end()
        except BaseException as error:  # noqa: BLE001  it is raised where somebody waits
            return error
        return ToolError("the toolchain gave an answer that cannot be read", said="it ended before it answered")

    def finish(self, fault: BaseException) -> None:
        """Tell all who wait, now and later."""
        with self.guard:
            self.is_over, self.fault = True, fault
            waiting, self.waiting = list(self.waiting.values()), {}
        for future in waiting:
            future.set_exception(fault)

    def close(self) -> None:
        """Say that no request follows, and wait until the driver has ended; at once where somebody still waits."""
        if self.waiting:
            self.driver.kill()
        with self.writing, suppress(OSError, ValueError):
            self.driver.write(END)
        self.listener.join()


class Line:
    """A conversation that begins when somebody first asks."""

    def __init__(self, begin: Callable[[ExitStack], Driver]) -> None:
        """Take what starts a driver and leaves in the stack what is to be given back."""
        self.begin = begin
        self.guard = threading.Lock()
        self.resources = ExitStack()
        self.conversation: Conversation | None = None
        self.is_stopped = False

    def open(self) -> Conversation:
        """Give the conversation, another one when the driver has ended meanwhile; raises ToolError after `stop`."""
        with self.guard:
            if self.is_stopped:
                raise ToolError("the toolchain's driver was stopped")
            if self.conversation and self.conversation.is_over:
                self.resources.close()
                self.conversation = None
            if self.conversation is None:
                self.conversation = Conversation(self.begin(self.resources))
                self.resources.callback(self.conversation.close)
            return self.conversation

    def stop(self) -> None:
        """Kill the driver with its tools, and let none start."""
        with self.guard:
            self.is_stopped = True
            if self.conversation:
                self.conversation.driver.kill()

    def close(self) -> None:
        """End the driver."""
        with self.guard:
            self.resources.close()
            self.conversation = None
