"""A release that is killed before any of its effects: whoever runs it again ends where an undisturbed one does."""

from __future__ import annotations

import shutil
import signal
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest
from release_runs import State, clone, duplicate, effects, read_state, undisturbed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from release_runs import Releaser

PUSHED = ("--push", "origin")
FEW = ("common-0.1.1/receipt.json", "acme-user/acme_user-0.1.1.tar.gz")
"""What effects end with that are enough for every day: after one only papers are missing, one is in the middle."""


def kill_and_resume(
    homes: tuple[Path, Path], scratch: Path, releaser: Releaser, number: int, *arguments: str
) -> list[str]:
    """Kill a release before an effect, and give where the next run ends otherwise than an undisturbed one does."""
    before, after = homes
    home = duplicate(before, scratch / "home")
    assert releaser(home, *arguments, kill=number).code == -signal.SIGKILL
    elsewhere = duplicate(home, scratch / "elsewhere", lambda name: name not in {"work", "dist"})
    expected = read_state(after)
    done = releaser(home, *arguments)
    found = read_state(home)
    faults = [f"here: {line}" for line in [*differences(found, expected), *([done.err] if done.code else [])]]
    if arguments:
        clone(elsewhere, "fresh")
        done = releaser(elsewhere, *arguments, place="fresh")
        found = read_state(elsewhere, "fresh")
        own = {field: {**getattr(expected, field), **getattr(found, field)} for field in ("tags", "receipts", "dist")}
        own["dist"] |= {"manifest.json": expected.dist["manifest.json"]}  # it lists what was left to do
        lines = differences(replace(found, **own), expected)
        faults += [f"elsewhere: {line}" for line in [*lines, *([done.err] if done.code else [])]]
    shutil.rmtree(home)
    shutil.rmtree(elsewhere)
    return faults


def differences(found: State, expected: State) -> list[str]:
    """Give what is not the same, for people."""
    lines = []
    for field in fields(State):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        lines += [f"{field.name} {key}" for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
    return lines


def sweep(homes: tuple[Path, Path], scratch: Path, releaser: Releaser, numbers: Iterable[int], *arguments: str) -> str:
    """Give a line for each fault after a kill."""
    steps = effects(homes[1])
    faults = {number: kill_and_resume(homes, scratch, releaser, number, *arguments) for number in numbers}
    return "\n".join(f"{at} {steps[at - 1]}: {line}" for at, lines in faults.items() for line in lines)


def test_a_release_that_is_killed_is_finished_here_and_elsewhere(
    pushed: tuple[Path, Path], tmp_path: Path, releaser: Releaser
) -> None:
    steps = effects(pushed[1])
    few = [next(number for number, step in enumerate(steps, 1) if step.endswith(end)) for end in FEW]
    faults = sweep(pushed, tmp_path, releaser, few, *PUSHED)
    assert not faults, faults


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [PUSHED, ()], ids=["pushed", "not pushed"])
def test_a_release_is_finished_wherever_it_is_killed(
    tmp_path: Path, releaser: Releaser, arguments: tuple[str, ...]
) -> None:
    homes = undisturbed(tmp_path, releaser, *arguments)
    count = len(effects(homes[1]))
    assert count > 60, "or something is not seen"
    faults = sweep(homes, tmp_path, releaser, range(1, count + 1), *arguments)
    assert not faults, faults
