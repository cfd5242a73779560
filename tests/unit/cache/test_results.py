"""The store gives what was saved, or nothing: never something else, never an error."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from protoctl.cache.results import DIGEST_LENGTH, FolderStore
from protoctl.kit.archive import pack_tar
from protoctl.kit.digest import digest_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from protoctl.model.event import Event

KEY = digest_bytes(b"key")
FILES = {"a/b.py": b"1", "stderr": b""}


@pytest.fixture
def events() -> list[Event]:
    """Give a list that receives the store's warnings."""
    return []


@pytest.fixture
def store(tmp_path: Path, events: list[Event]) -> FolderStore:
    """Give a store with one entry."""
    store = FolderStore(tmp_path, events.append)
    store.save(KEY, FILES)
    return store


def test_what_was_saved_is_loaded(store: FolderStore, events: list[Event]) -> None:
    assert store.load(KEY) == FILES
    assert store.load(digest_bytes(b"other")) is None
    assert events == []


@pytest.mark.parametrize("at", [0, DIGEST_LENGTH - 1, DIGEST_LENGTH, -1])
def test_a_flipped_bit_anywhere_is_a_miss(store: FolderStore, events: list[Event], at: int) -> None:
    data = bytearray(store.path(KEY).read_bytes())
    data[at] ^= 1
    store.path(KEY).write_bytes(data)
    assert store.load(KEY) is None
    again = "it and others like it are made again"
    assert [event.text for event in events] == [f"the cache entry {KEY[:12]} is damaged; {again}"]
    store.save(KEY, FILES)
    assert store.load(KEY) == FILES


@pytest.mark.parametrize("length", [0, 10, DIGEST_LENGTH, 600])
def test_a_truncated_entry_is_a_miss(store: FolderStore, length: int) -> None:
    store.path(KEY).write_bytes(store.path(KEY).read_bytes()[:length])
    assert store.load(KEY) is None


def test_an_entry_under_another_key_is_a_miss(store: FolderStore) -> None:
    other = digest_bytes(b"other")
    store.path(other).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(store.path(KEY), store.path(other))
    assert store.load(other) is None


def test_an_entry_with_a_path_outside_is_a_miss(store: FolderStore, events: list[Event]) -> None:
    body = pack_tar({"../escape": b""})
    store.path(KEY).write_bytes(digest_bytes(KEY.encode() + body).encode() + body)
    assert store.load(KEY) is None
    assert "leaves the archive's root" in events[0].text


def test_damage_is_reported_once(store: FolderStore, events: list[Event]) -> None:
    keys = [digest_bytes(b"%d" % number) for number in range(5)]
    for key in keys:
        store.save(key, FILES)
        store.path(key).write_bytes(b"")
    assert [store.load(key) for key in keys] == [None] * 5
    assert len(events) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_an_entry_of_another_user_is_a_miss(store: FolderStore, events: list[Event]) -> None:
    os.chown(store.path(KEY), 54321, 54321)
    assert store.load(KEY) is None
    assert "belongs to user 54321" in events[0].text
    store.save(KEY, FILES)
    assert store.load(KEY) == FILES


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()])
def test_what_never_ends_is_a_miss(store: FolderStore, make: Callable[[Path], None]) -> None:
    store.path(KEY).unlink()
    make(store.path(KEY))
    assert store.load(KEY) is None


def test_what_killed_writers_left_half_is_removed(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "results/.new-half").write_bytes(b"half")
    FolderStore(tmp_path, store.emit).save(KEY, FILES)
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == [KEY[:2], "CACHEDIR.TAG", "size"]


def test_something_else_in_the_place_of_an_entry_is_a_miss(store: FolderStore) -> None:
    store.path(KEY).unlink()
    store.path(KEY).mkdir()
    assert store.load(KEY) is None


def test_a_folder_that_cannot_be_written_is_reported_once(tmp_path: Path, events: list[Event]) -> None:
    (tmp_path / "results").write_bytes(b"a file")
    store = FolderStore(tmp_path, events.append)
    for _ in range(2):
        store.save(KEY, FILES)
        assert store.load(KEY) is None
    assert len(events) == 1
    assert events[0].text.startswith("results are not kept: ")


def test_a_failed_save_leaves_nothing(tmp_path: Path, events: list[Event]) -> None:
    store = FolderStore(tmp_path, events.append)
    store.path(KEY).mkdir(parents=True)
    store.save(KEY, FILES)
    assert [path.name for path in store.path(KEY).parent.iterdir()] == [KEY]
    assert len(events) == 1
