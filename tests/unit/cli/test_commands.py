"""Every command explains itself, at once."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from protoctl.cli.commands import find_commands

if TYPE_CHECKING:
    from conftest import Protoctl

HEAVY = {
    "docker",
    "google.protobuf",
    "hatchling",
    "importlib.metadata",
    "jinja2",
    "msgspec",
    "packaging",
    "requests",
    "rich",
    "uv",
    "grpc",
    "zstandard",
}
"""What takes its time to import, and no help needs."""
LINES = 25
"""Of a command's body: it parses, calls a flow and reports."""


@pytest.mark.parametrize("name", find_commands())
def test_help_has_an_example_of_the_command(protoctl: Protoctl, name: str) -> None:
    done = protoctl(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert re.search(rf"^ *Example: protoctl {name}\b", done.out, re.MULTILINE)


def test_help_lists_every_command(protoctl: Protoctl) -> None:
    done = protoctl("--help")
    assert done.code == 0
    assert [name for name in find_commands() if not re.search(rf"^ +{name} ", done.out, re.MULTILINE)] == []


def test_help_imports_nothing_heavy() -> None:
    argv = [sys.executable, "-X", "importtime", "-m", "protoctl", "--help"]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stderr
    imported = {line.rpartition("|")[2].strip() for line in said.splitlines()}
    assert "typer" in imported
    assert imported & HEAVY == set()


@pytest.mark.parametrize("name", find_commands())
def test_a_command_is_short(name: str) -> None:
    source = inspect.getsource(find_commands()[name])
    body = source.rpartition('"""\n')[2]
    assert len(body.splitlines()) <= LINES


def test_a_command_that_does_not_exist_is_a_fault_of_usage(protoctl: Protoctl) -> None:
    done = protoctl("biuld")
    assert done.code == 2
    assert "build" in done.err
    assert "Traceback" not in done.err
