"""Clocks that are wrong or jump: the same bytes, and nothing is built twice."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faults import snapshot

if TYPE_CHECKING:
    from faults import Machine

    References = dict[str, dict[str, bytes]]

FAKETIME = shutil.which("faketime")
needs_faketime = pytest.mark.skipif(not FAKETIME, reason="the package faketime is not installed")
STEADY = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}


@needs_faketime
@pytest.mark.parametrize("instant", ["1970-01-01 00:00:01", "2200-01-01 00:00:00"])
def test_a_wrong_clock_changes_no_byte(used: Machine, references: References, instant: str) -> None:
    wrapper = ("faketime", "-f", instant)
    done = used.run(wrapper=wrapper, **STEADY)
    assert done.code == 0, done.err
    assert snapshot(used.dist) == references["second"]
    assert used.run(wrapper=wrapper, **STEADY).err == "nothing changed\n"
    assert used.run().err == "nothing changed\n", "also with the right clock again"
    used.assert_clean()


@needs_faketime
def test_a_clock_that_jumps_back_in_the_middle_changes_no_byte(used: Machine, references: References) -> None:
    told = used.home / "now"
    told.write_text("@2040-01-01 00:00:00\n")
    library = preloaded()
    variables = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(told), "FAKETIME_NO_CACHE": "1", **STEADY}
    with used.start(wrapper=("env", *(f"{name}={value}" for name, value in variables.items()))) as process:
        assert process.stderr
        assert any("generating" in line for line in iter(process.stderr.readline, ""))
        told.write_text("@1999-01-01 00:00:00\n")
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert snapshot(used.dist) == references["second"]
    assert used.run().err == "nothing changed\n"
    told.unlink()
    used.assert_clean()


def preloaded() -> Path:
    """Give the library that faketime preloads, wherever Debian puts it."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


def test_files_from_the_future_are_built_once(used: Machine, references: References) -> None:
    future = 4_102_444_800
    for path in used.root.rglob("*"):
        os.utime(path, (future, future))
    assert used.run().code == 0
    assert snapshot(used.dist) == references["second"]
    assert used.run().err == "nothing changed\n"
    used.assert_clean()
