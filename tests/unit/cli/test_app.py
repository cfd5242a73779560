"""What arrives at the way out is a fault of the machine, with what to do, or a bug."""

from __future__ import annotations

import errno
import os

import pytest

from protoctl.cli.app import machine_fault

NO_MEMORY = os.strerror(errno.ENOMEM)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "out of memory\nhint: allow more"),
        (RuntimeError("can't start new thread"), "no further thread can be started\nhint: allow more processes"),
        (ImportError(f"a.so: {NO_MEMORY}"), f"a part of protoctl cannot be loaded: a.so: {NO_MEMORY}"),
        (ImportError("a.so: failed to map segment from shared object"), "a part of protoctl cannot be loaded: a.so"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files\nhint: allow more open files"),
        (PermissionError(errno.EACCES, "Permission denied", "/a/file"), "Permission denied: /a/file"),
        (OSError("only words"), "only words"),
    ],
)
def test_a_fault_of_the_machine_says_what_to_do(error: Exception, said: str) -> None:
    assert machine_fault(error).startswith(said)


@pytest.mark.parametrize("error", [RuntimeError("else"), ImportError("No module named 'a'"), KeyError("a")])
def test_all_else_is_a_bug(error: Exception) -> None:
    assert machine_fault(error) == ""
