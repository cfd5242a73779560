"""The store stays under its limit, whoever writes into it, and what is used stays longest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY

from protoctl.cache.limit import DEFAULT_LIMIT, LIMIT_VARIABLE, cache_limit
from protoctl.cache.results import FolderStore
from protoctl.errors import UsageError
from protoctl.kit.digest import digest_bytes
from protoctl.kit.files import folder_size
from protoctl.kit.locks import locked
from protoctl.model.event import silent

if TYPE_CHECKING:
    from pathlib import Path

KEYS = [digest_bytes(b"%d" % number) for number in range(10)]
CONTENT = {"file": bytes(50_000)}
ENTRY = 61_504
"""Bytes of an entry with it: tars come in blocks of 10,240."""
HOUR = 3600
WRITER = """
import os, sys
from pathlib import Path
from protoctl.cache.results import FolderStore
from protoctl.kit.digest import digest_bytes
from protoctl.kit.files import folder_size
from protoctl.model.event import silent

store = FolderStore(Path(sys.argv[1]), silent, int(sys.argv[2]))
sizes = []
for number in range(60):
    store.save(digest_bytes(os.urandom(16)), {"file": os.urandom(20_000)})
    sizes.append(sum(folder_size(one) for one in store.folder.iterdir() if one.is_dir()))
print(max(sizes))
"""


def make_store(folder: Path, entries: float) -> FolderStore:
    """Give a store with room for some entries."""
    return FolderStore(folder, silent, int(entries * ENTRY))


def kept(store: FolderStore) -> list[int]:
    """Give the numbers of the entries that are there."""
    return [number for number, key in enumerate(KEYS) if store.path(key).exists()]


def grow_old(store: FolderStore, *numbers: int) -> None:
    """Let entries be unused for hours, each an hour longer than the next."""
    now = time.time()
    for place, number in enumerate(numbers):
        at = now - (len(numbers) - place + 1) * HOUR
        os.utime(store.path(KEYS[number]), (at, at))


def fill(store: FolderStore, count: int) -> None:
    """Save entries, each an hour older than the next."""
    for key in KEYS[:count]:
        store.save(key, CONTENT)
    grow_old(store, *range(count))


def test_an_entry_has_the_size_that_these_tests_count_with(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    store.save(KEYS[0], CONTENT)
    assert store.path(KEYS[0]).stat().st_size == ENTRY


def test_the_least_recently_used_go_and_leave_room_for_more(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    fill(store, 5)
    store.save(KEYS[5], CONTENT)
    assert kept(store) == [2, 3, 4, 5]


def test_a_hit_is_a_use(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    fill(store, 5)
    assert store.load(KEYS[0]) == CONTENT
    store.save(KEYS[5], CONTENT)
    assert kept(store) == [0, 3, 4, 5]


def test_a_use_a_moment_after_another_writes_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    store.save(KEYS[0], CONTENT)
    at = time.time() - HOUR / 2
    os.utime(store.path(KEYS[0]), (at, at))
    before = store.path(KEYS[0]).stat()
    assert store.load(KEYS[0]) == CONTENT
    assert store.path(KEYS[0]).stat().st_mtime_ns == before.st_mtime_ns


def test_a_time_to_come_is_set_right_by_a_use(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    store.save(KEYS[0], CONTENT)
    at = time.time() + 1000 * HOUR
    os.utime(store.path(KEYS[0]), (at, at))
    assert store.load(KEYS[0]) == CONTENT
    assert store.path(KEYS[0]).stat().st_mtime < at - HOUR


def test_a_damaged_entry_is_not_used(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    fill(store, 1)
    store.path(KEYS[0]).write_bytes(b"damage")
    grow_old(store, 0)
    before = store.path(KEYS[0]).stat().st_mtime_ns
    assert store.load(KEYS[0]) is None
    assert store.path(KEYS[0]).stat().st_mtime_ns == before


@pytest.mark.parametrize("account", [None, "", "nonsense", "7", "-5 {now}", "7 {past}", "7 {future}", "x" * 99 + "\n"])
def test_what_was_there_before_is_counted(tmp_path: Path, account: str | None) -> None:
    """A cache of an earlier protoctl has no account, a power cut may leave none, and what is old is not believed."""
    fill(make_store(tmp_path, 9), 8)
    path = tmp_path / "results/size"
    path.unlink()
    if account is not None:
        now = int(time.time())
        path.write_text(account.format(now=now, past=now - 25 * HOUR, future=now + 2 * HOUR))
    store = make_store(tmp_path, 5)
    store.save(KEYS[8], CONTENT)
    store.save(KEYS[9], CONTENT)
    assert kept(store) == [5, 6, 7, 8, 9]
    assert path.read_text().split()[0] == str(5 * ENTRY)


def test_one_that_is_larger_than_the_limit_is_not_kept_and_costs_no_other(tmp_path: Path) -> None:
    store = make_store(tmp_path, 2)
    fill(store, 1)
    store.save(KEYS[1], {"file": bytes(3 * ENTRY)})
    assert kept(store) == [0]
    assert [path.name for path in store.folder.iterdir() if path.name.startswith(".")] == []


def test_a_limit_of_nothing_keeps_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path, 0)
    store.save(KEYS[0], CONTENT)
    assert store.load(KEYS[0]) is None


def test_files_that_are_no_entries_are_not_ours_to_remove(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    fill(store, 5)
    own = [store.folder / "2024/report.csv", store.path(KEYS[0]).with_name("notes"), store.folder / "CACHEDIR.TAG"]
    for path in own:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(10 * ENTRY))
        os.utime(path, (0, 0))
    store.save(KEYS[5], CONTENT)
    assert kept(store) == [2, 3, 4, 5]
    assert all(path.exists() for path in own)


def test_a_lock_that_does_not_get_free_costs_the_entry(tmp_path: Path) -> None:
    store = make_store(tmp_path, 5)
    fill(store, 1)
    store.room.patience = 0
    with locked(store.folder):
        store.save(KEYS[1], CONTENT)
    assert kept(store) == [0]
    store.save(KEYS[1], CONTENT)
    assert kept(store) == [0, 1]


def test_two_processes_at_once_stay_under_the_limit(tmp_path: Path) -> None:
    """Each looks after each save, the other's entries included."""
    limit = 400_000
    argv = [sys.executable, "-c", WRITER, str(tmp_path), str(limit)]
    running = [subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    largest = [int(process.communicate(timeout=60)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert limit / 2 < max(largest) <= limit
    assert folder_size(tmp_path) <= limit + 1000


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", DEFAULT_LIMIT),
        (" ", DEFAULT_LIMIT),
        ("0", 0),
        ("1048576", 1 << 20),
        ("500 MB", 500 * 10**6),
        ("5gb", 5 * 10**9),
        ("1.5GiB", 3 << 29),
        ("64k", 64_000),
        ("2Ti", 2 << 40),
        ("7B", 7),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert cache_limit({LIMIT_VARIABLE: text}) == size


@pytest.mark.parametrize("text", ["much", "-1", "5 XB", "5iB", "1e9", "GB", "5 G B", "\u0665GB", "nan", "1" * 30])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        cache_limit({LIMIT_VARIABLE: text})
    assert refused.value.exit_code == 2
    assert "2GiB" in refused.value.hint
