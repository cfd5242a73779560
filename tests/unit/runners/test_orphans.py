"""Which containers nobody waits for."""

from __future__ import annotations

import os
import subprocess

import pytest

from protoctl.runners.orphans import LONGEST_LIFE, is_orphan, machine, owner_label


@pytest.fixture
def dead() -> int:
    """Give the number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_one_of_this_process_is_kept() -> None:
    """Whoever waits is alive."""
    assert not is_orphan(owner_label(), age=1)


def test_one_of_a_live_process_of_another_user_is_kept() -> None:
    """Process 1 exists and is not ours."""
    assert not is_orphan(f"1@{machine()}", age=1)


def test_one_of_a_dead_process_is_an_orphan(dead: int) -> None:
    """Its owner was killed."""
    assert is_orphan(f"{dead}@{machine()}", age=1)


def test_one_of_another_machine_is_judged_by_age(dead: int) -> None:
    """Process numbers of another boot, machine or pid namespace say nothing here."""
    elsewhere = f"{dead}@another-boot/4026531836"
    assert not is_orphan(elsewhere, age=1)
    assert is_orphan(elsewhere, age=LONGEST_LIFE + 1)


def test_one_older_than_any_run_is_an_orphan() -> None:
    """Process numbers are given again."""
    assert is_orphan(f"{os.getpid()}@{machine()}", age=LONGEST_LIFE + 1)
