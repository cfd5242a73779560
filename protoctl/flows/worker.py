"""Makes packages of generated code, one after another: in this process, or as a program for builds of many."""

from __future__ import annotations

import os
import pickle
import sys
from dataclasses import dataclass, replace
from importlib import import_module
from shutil import rmtree
from typing import IO, TYPE_CHECKING

from protoctl.schema.view import Schema, read_schema
from protoctl.targets import target_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from protoctl.model.tree import Tree
    from protoctl.targets.target import Request, Target

    Files = dict[str, bytes]

PARTS = ("hatchling.builders.sdist", "hatchling.builders.wheel", "jinja2")
"""What making a package loads, beside its target."""
LENGTH = 8
"""Bytes before each message, which tell its length."""


@dataclass(frozen=True)
class Task:
    """One package to be made."""

    target: Target
    """Its language."""
    request: Request
    """Its module."""
    outputs: Mapping[str, Tree]
    """What plugins wrote for it, by their names."""
    folder: Path
    """Where to work; it is made and removed."""

    def run(self) -> Files:
        """Give its artifacts by file name."""
        tree = self.target.stage(self.request, self.outputs)
        self.folder.mkdir()
        files = {path.name: path.read_bytes() for path in self.target.pack(tree, self.folder)}
        rmtree(self.folder)
        return files


def encode_task(task: Task) -> bytes:
    """Give a task for another process; of the schema only what the package embeds, which is all that concerns it."""
    request = task.request
    owners = {path: request.schema.owners[path] for path in closure_owned(request)}
    return encode(replace(task, request=replace(request, schema=Schema({}, owners))))


def closure_owned(request: Request) -> list[str]:
    """Give the workspace's files among those that a module and its imports consist of."""
    return [path for path in request.schema.closure(request.module.files) if path in request.schema.owners]


def decode_task(data: bytes) -> Task:
    """Give the task that `encode_task` encoded."""
    task: Task = pickle.loads(data)  # noqa: S301  from the process that started this one
    request = task.request
    return replace(task, request=replace(request, schema=read_schema(request.descriptors, request.schema.owners)))


def encode(value: object) -> bytes:
    """Give a value for another process of the same program."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def frame(data: bytes) -> bytes:
    """Give the length of a message as it is sent before it."""
    return len(data).to_bytes(LENGTH)


def serve(tasks: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each task with its artifacts, or with what was raised, until no more come."""
    while head := tasks.read(LENGTH):
        answer: Files | Exception
        try:
            answer = decode_task(tasks.read(int.from_bytes(head))).run()
        except Exception as error:  # noqa: BLE001  it is raised where the package is waited for
            answer = error
        data = encode(answer)
        answers.write(frame(data))
        answers.write(data)
        answers.flush()


def main() -> None:
    """Serve on the standard streams; what is needed is loaded before the first task comes."""
    for part in (*PARTS, *(f"protoctl.targets.{name}.target" for name in target_names())):
        import_module(part)
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what libraries print is no answer
        serve(sys.stdin.buffer, answers)
