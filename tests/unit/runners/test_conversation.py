"""Several threads and one driver."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from protoctl.errors import EngineError, ToolError
from protoctl.kit import process
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.runners.conversation import Conversation, Driver, Line
from protoctl.runners.local import start_driver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

NOTHING = Invocation("python", "any", ("nothing",), Tree({}))


@pytest.fixture
def line() -> Iterator[Line]:
    """Give a line to a real driver."""
    line = Line(start_driver)
    yield line
    line.close()


def test_each_thread_gets_its_own_answer(line: Line) -> None:
    asked = [Invocation("python", "any", (f"tool-{number}",), Tree({})) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda one: line.open().ask([one], {})[0].stderr, asked))
    assert found == [f"the toolchain has no tool 'tool-{number}'" for number in range(40)]


def test_a_driver_that_ended_while_nobody_waited_is_started_again(line: Line) -> None:
    first = line.open()
    assert first.ask([NOTHING], {})[0].returncode == 127
    first.driver.kill()
    first.listener.join()
    assert line.open() is not first
    assert line.open().ask([NOTHING], {})[0].returncode == 127


def test_nothing_runs_after_a_stop(line: Line) -> None:
    line.open()
    line.stop()
    with pytest.raises(ToolError, match="was stopped"):
        line.open()


def test_a_driver_that_dies_is_told_to_all_who_wait() -> None:
    def begin(resources: ExitStack) -> Driver:
        argv = [sys.executable, "-c", "import sys; sys.stdin.buffer.read(9); sys.exit('no room')"]
        program = resources.enter_context(process.opened(argv, {}))

        def end() -> None:
            raise ToolError("it died", said=program.wait().stderr)

        return Driver(program.write, program.read, end, lambda: process.stop(program.process))

    line = Line(begin)
    try:
        with pytest.raises(ToolError, match="it died\n  no room"):
            line.open().ask([NOTHING, NOTHING], {})
    finally:
        line.close()


def test_silence_ends_at_the_deadline_and_kills() -> None:
    is_killed = threading.Event()

    def read(_: int) -> bytes:
        is_killed.wait(30)
        return b""

    conversation = Conversation(Driver(lambda _: None, read, lambda: None, is_killed.set))
    with pytest.raises(EngineError, match=r"did not finish within 0\.1 seconds"):
        conversation.ask([NOTHING], {}, seconds=0.1)
    assert is_killed.is_set()
    conversation.close()
