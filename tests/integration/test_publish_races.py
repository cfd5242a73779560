"""Two releases at once: one wins, the other agrees or is told why not, and nothing is there twice."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from faults import wait_until
from release_runs import change, clone, duplicate, effects, read_state
from repositories import git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Finished
    from release_runs import Releaser

PUSHED = ("--push", "origin")
PAUSE = "touch reached && cat go"
"""A run tells that it got there, and waits until it is let go."""


def overtake(
    home: Path, first: Releaser, at: int, second: Callable[[], Finished], until: Callable[[], object] | None = None
) -> tuple[Finished, Finished]:
    """Pause a run before an effect until another is done, or until a condition, and give how both end."""
    os.mkfifo(home / "go")
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(first, home, *PUSHED, kill=at, act=PAUSE)
        wait_until((home / "reached").exists)
        other = threads.submit(second)
        wait_until(until or other.done)
        (home / "go").write_text("")
        return running.result(), other.result()


def number_of(after: Path, end: str) -> int:
    """Give which effect of an undisturbed release is the first with an end."""
    return next(number for number, step in enumerate(effects(after), 1) if step.endswith(end))


@pytest.mark.parametrize(
    "end",
    [
        "git push",
        pytest.param("acme_common-0.1.1.tar.gz", marks=pytest.mark.slow),
        pytest.param("acme_common-0.1.1-py3-none-any.whl", marks=pytest.mark.slow),
        pytest.param("common-0.1.1.tgz", marks=pytest.mark.slow),
        pytest.param("user-0.1.1/receipt.json", marks=pytest.mark.slow),
        pytest.param("git tag", marks=pytest.mark.slow),
    ],
)
def test_two_releases_of_one_commit_agree(
    pushed: tuple[Path, Path], tmp_path: Path, releaser: Releaser, rival: Releaser, end: str
) -> None:
    before, after = pushed
    home = duplicate(before, tmp_path / "home")
    clone(home, "other")
    at = number_of(after, end)
    both = overtake(home, releaser, at, lambda: rival(home, *PUSHED, place="other"))
    assert [one.code for one in both] == [0, 0], both
    assert read_state(home) == read_state(after)


def test_the_later_of_two_commits_is_told_and_released_next(
    pushed: tuple[Path, Path], tmp_path: Path, releaser: Releaser, rival: Releaser
) -> None:
    before, after = pushed
    home = duplicate(before, tmp_path / "home")
    clone(home, "other")
    change(home, field="string later = 10;")
    at = number_of(after, "acme_common-0.1.1.tar.gz")
    loser, winner = overtake(home, releaser, at, lambda: rival(home, *PUSHED, place="other"))
    assert (loser.code, winner.code) == (5, 0), (loser, winner)
    assert "team: acme-common 0.1.1 is taken by another acme_common-0.1.1.tar.gz" in loser.err
    assert loser.err.count("sha256 ") == 2
    assert "differs: acme_common-0.1.1/acme_common/" in loser.err or "differs:" in loser.err
    assert read_state(home).index == read_state(after).index, "the loser added nothing"
    done = releaser(home, *PUSHED)
    assert done.code == 0, done.err
    tags = read_state(home).pushed
    assert tags["common/v0.1.1"] == read_state(after).pushed["common/v0.1.1"]
    assert tags["common/v0.1.2"] == git(home / "work", "rev-parse", "HEAD")


def test_a_second_run_in_a_work_tree_waits_for_the_first(
    pushed: tuple[Path, Path], tmp_path: Path, releaser: Releaser, rival: Releaser
) -> None:
    before, after = pushed
    home = duplicate(before, tmp_path / "home")
    at = number_of(after, "acme_common-0.1.1-py3-none-any.whl")
    said = home / ".rival-err"

    def is_told() -> bool:
        return said.exists() and "waiting for it to end" in said.read_text()

    both = overtake(home, releaser, at, lambda: rival(home, *PUSHED), is_told)
    assert [one.code for one in both] == [0, 0], both
    assert both[1].out == "nothing to release\n"
    assert read_state(home) == read_state(after)
