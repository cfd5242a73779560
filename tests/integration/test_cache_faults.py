"""A cache that is damaged, poisoned or a stranger's, and many builds at once: the reference bytes all the same."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from faults import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faults import Machine

    References = dict[str, dict[str, bytes]]


def damage(entries: list[Path]) -> None:
    """Turn a bit, cut, empty, or write as another protoctl would have, each with another entry."""
    for number, path in enumerate(entries):
        data = path.read_bytes()
        bit = bytes([data[number] ^ 1 << number % 8])
        path.write_bytes(
            (data[:number] + bit + data[number + 1 :], data[: len(data) // 2], b"", b'{"files": {}}')[number % 4]
        )


def swap(entries: list[Path]) -> None:
    """Put each sound entry under the key of another."""
    contents = [path.read_bytes() for path in entries]
    for path, data in zip(entries, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(data)


def give_away(entries: list[Path]) -> None:
    """Let each entry belong to somebody else."""
    for path in entries:
        os.chown(path, 54321, 54321)


@pytest.mark.parametrize("spoil", [damage, swap, *([] if os.geteuid() else [give_away])], ids=lambda one: one.__name__)
def test_a_cache_that_cannot_be_trusted_is_told_once_and_made_again(
    used: Machine, references: References, sound_results: Path, spoil: Callable[[list[Path]], None]
) -> None:
    shutil.copytree(sound_results, used.cache / "results")
    entries = sorted(path for path in used.cache.glob("results/*/*") if path.is_file())
    before = {path: path.read_bytes() for path in entries}
    assert len(entries) >= 8
    spoil(entries)
    done = used.run()
    assert done.code == 0, done.err
    assert done.err.count("warning: the cache entry ") == 1, done.err
    assert "it and others like it are made again" in done.err
    assert snapshot(used.dist) == references["second"]
    assert {path for path in entries if path.stat().st_uid == os.geteuid() and path.read_bytes() == before[path]}
    used.assert_clean()


def test_many_builds_of_one_workspace_at_once(used: Machine, references: References) -> None:
    """They share cache, TMPDIR and `dist/`, and none of them fails."""
    running = [used.start() for _ in range(3)]
    for process in running:
        with process:
            _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert "Traceback" not in said
    assert snapshot(used.dist) == references["second"]
    assert used.run().err == "nothing changed\n"
    used.assert_clean()


def test_builds_of_different_sources_into_one_dist_never_mix(used: Machine, references: References) -> None:
    """Each swaps the whole folder; the last one stays."""
    first = used.start()
    used.edit("first")
    second = used.start()
    for process in (first, second):
        with process:
            _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert snapshot(used.dist) in references.values()
    assert used.run().code == 0
    assert snapshot(used.dist) == references["first"]
    used.assert_clean()
