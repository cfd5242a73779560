"""Packages are the same whichever process makes them, and so is what is wrong with them."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, cast

import pytest
from compiled import session
from fakes import LoudTarget

from protoctl.errors import ArtifactError, MachineError, ToolError
from protoctl.flows import workers
from protoctl.flows.worker import Task, decode_task, encode_task, serve
from protoctl.flows.workers import Beside, Workers, command, worker_count
from protoctl.flows.workshop import Order, Workshop
from protoctl.kit.process import opened
from protoctl.model.tree import Tree
from protoctl.targets import load_target, target_names
from protoctl.versioning.release import development_release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from protoctl.targets.target import Target

MIB = 1 << 20


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> list[Task]:
    """All packages of the sample workspace."""
    tools = session()
    workspace = tools.workspace
    targets = [load_target(name, workspace.configuration) for name in target_names()]
    releases = dict.fromkeys(workspace.modules, development_release("0.1.0"))
    workshop = Workshop.open(tools, Order(tuple(workspace.modules), targets, releases, b"a licence"))
    packages = [workshop.plan(module, target) for target in targets for module in workspace.modules]
    folder = tmp_path_factory.mktemp("tasks")
    return [
        Task(package.target, package.request, outputs, folder / "-".join(package.name))
        for package, outputs in workshop.generated(packages)
    ]


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    """Another process."""
    with opened(*command(tmp_path)) as program:
        yield Beside(program)


def test_another_process_makes_the_same(tasks: list[Task], beside: Beside) -> None:
    assert len(tasks) > len(target_names())
    for task in tasks:
        made = task.run()
        assert made
        assert beside.make(task) == made
        assert not task.folder.exists()


def test_it_is_told_only_what_a_package_embeds(tasks: list[Task]) -> None:
    for task in tasks:
        schema = decode_task(encode_task(task)).request.schema
        assert list(schema.files) == task.request.schema.closure(task.request.module.files)
        assert schema.owners.items() <= task.request.schema.owners.items()
    assert any(
        len(decode_task(encode_task(one)).request.schema.owners) < len(one.request.schema.owners) for one in tasks
    )


def spoil(task: Task) -> Task:
    """Give a task whose generated code has one line more in each file."""
    outputs = {
        name: Tree({path: data + b"evil()\n" for path, data in tree.files.items()})
        for name, tree in task.outputs.items()
    }
    return replace(task, outputs=outputs)


def test_what_is_wrong_there_is_raised_here(tasks: list[Task], beside: Beside) -> None:
    """And the process makes the next package."""
    for task in tasks:
        with pytest.raises(ArtifactError) as here:
            spoil(task).run()
        with pytest.raises(ArtifactError) as there:
            beside.make(spoil(task))
        assert str(there.value) == str(here.value)
        assert vars(there.value) == vars(here.value)
        assert beside.make(task)


def test_what_cannot_be_written_is_told_with_its_path(tasks: list[Task], beside: Beside, tmp_path: Path) -> None:
    task = replace(tasks[0], folder=tmp_path / "nowhere/else")
    with pytest.raises(FileNotFoundError) as raised:
        beside.make(task)
    assert raised.value.filename == str(task.folder)


def test_what_is_printed_there_is_no_answer(tasks: list[Task], beside: Beside) -> None:
    task = replace(tasks[0], target=cast("Target", LoudTarget()), folder=tasks[0].folder.with_name("loud"))
    assert beside.make(task) == {"said.txt": b"loud"}
    assert beside.make(task) == {"said.txt": b"loud"}


def test_a_process_that_was_killed_is_told(tasks: list[Task], beside: Beside) -> None:
    os.kill(beside.program.process.pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(ToolError, match=r"a process that makes packages ended with -9"):
            beside.make(tasks[0])


def test_an_answer_that_ends_early_is_none(tasks: list[Task], tmp_path: Path) -> None:
    argv, environment = command(tmp_path)
    torn = [*argv[:-1], "import os; os.write(1, bytes(7) + b'\\x09answer')"]
    with opened(torn, environment) as program, pytest.raises(ToolError, match=r"ended with 0"):
        Beside(program).make(tasks[0])


def test_tasks_are_answered_until_they_end(tasks: list[Task]) -> None:
    data = encode_task(tasks[0])
    answers = BytesIO()
    serve(BytesIO((len(data).to_bytes(8) + data) * 2), answers)
    said = answers.getvalue()
    assert said[: len(said) // 2] * 2 == said


def test_all_others_end(tasks: list[Task], tmp_path: Path) -> None:
    with Workers(3, tmp_path) as group:
        processes = [other.program.process for other in group.others]
        assert group.make(tasks[0])
        assert [process.poll() for process in processes] == [None, None]
    assert [process.returncode for process in processes] == [0, 0]


def test_all_others_end_at_once_when_something_fails(tmp_path: Path) -> None:
    group = Workers(3, tmp_path)
    with suppress(MachineError), group:
        raise MachineError("full")
    assert [other.program.process.returncode for other in group.others] == [-signal.SIGKILL, -signal.SIGKILL]


def test_each_makes_one_package_at_a_time(tasks: list[Task], tmp_path: Path) -> None:
    with Workers(2, tmp_path) as group, ThreadPoolExecutor(2) as threads:
        made = list(threads.map(group.make, tasks))
        assert group.idle.qsize() == 2
    assert made == [task.run() for task in tasks]


@pytest.mark.parametrize(
    ("size", "cores", "memory", "count"),
    [
        (0, 64, "64GiB", 1),
        (400_000, 64, "64GiB", 1),
        (600_000, 64, "64GiB", 2),
        (600_000, 1, "64GiB", 1),
        (64 * MIB, 8, "64GiB", 8),
        (64 * MIB, 8, "2GiB", 3),
        (64 * MIB, 8, "700MB", 1),
    ],
)
def test_processes_are_as_many_as_are_worth_it(
    size: int, cores: int, memory: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "core_count", lambda: cores)
    monkeypatch.setenv("PROTOCTL_MEMORY", memory)
    assert worker_count(size) == count
