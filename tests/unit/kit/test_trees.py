"""A folder that is read while it changes is all old or all new, and Python takes no compiled code of the other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from protoctl.kit.files import read_tree
from protoctl.kit.trees import replace_tree

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 100


def test_a_folder_holds_what_it_is_told_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "place"
    assert replace_tree(target, {"a/b": b"1", "c": b"2"})
    assert replace_tree(target, {"a/b": b"1", "d": b"3"})
    assert read_tree(target) == {"a/b": b"1", "d": b"3"}
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_what_is_there_already_is_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "place"
    replace_tree(target, {"a": b"1"})
    (target / "__pycache__").mkdir()
    (target / "__pycache__/a.pyc").write_bytes(b"compiled")
    before = target.stat().st_ino
    assert not replace_tree(target, {"a": b"1"})
    assert target.stat().st_ino == before
    assert replace_tree(target, {"a": b"2"})
    assert read_tree(target) == {"a": b"2"}


def test_times_tell_what_changed(tmp_path: Path) -> None:
    target = tmp_path / "place"
    replace_tree(target, {"same": b"1", "other": b"1"})
    for name in ("same", "other"):
        os.utime(target / name, (1_000_000, 1_000_000))
    replace_tree(target, {"same": b"1", "other": b"2"})
    assert (target / "same").stat().st_mtime == 1_000_000
    before = (target / "other").stat().st_mtime
    assert before > 1_000_000
    replace_tree(target, {"same": b"1", "other": b"3"})
    assert (target / "other").stat().st_mtime >= before + 1


def test_compiled_code_that_a_reader_of_the_old_one_left_is_not_taken(tmp_path: Path) -> None:
    """Both sources have one size, and are written in one second."""
    target = tmp_path / "place"
    argv = [sys.executable, "-c", "import one; print(one.VALUE)"]
    environment = {**os.environ, "PYTHONPATH": str(target)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for value in (b"1", b"2", b"3"):
        replace_tree(target, {"one.py": b"VALUE = " + value + b"\n"})
        if (tmp_path / "compiled").exists():
            shutil.copytree(tmp_path / "compiled", target / "__pycache__")
        said = subprocess.run(argv, env=environment, capture_output=True, check=True).stdout
        assert said.strip() == value
        shutil.rmtree(tmp_path / "compiled", ignore_errors=True)
        shutil.copytree(target / "__pycache__", tmp_path / "compiled")


def test_a_reader_finds_each_file_whole_at_any_time(tmp_path: Path) -> None:
    target = tmp_path / "place"
    contents = [dict.fromkeys(("a", "b/c"), data) for data in (b"x", b"yy")]
    replace_tree(target, contents[0])
    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(lambda: [replace_tree(target, contents[number % 2]) for number in range(1, ROUNDS)])
        seen = set()
        while not writing.done():
            seen.add((target / "b/c").read_bytes())
    assert seen == {b"x", b"yy"}


def test_who_began_to_list_the_old_folder_ends_with_all_of_it(tmp_path: Path) -> None:
    """As Python does on its way to a module."""
    target, attic = tmp_path / "place", tmp_path / "attic/place"
    for number in range(3):
        replace_tree(target, {"a": b"%d" % number, "b": b""}, attic)
        folder = os.open(target, os.O_RDONLY)
        replace_tree(target, {"c": b"%d" % number}, attic)
        with os.scandir(folder) as entries:
            assert sorted(entry.name for entry in entries) == ["a", "b"]
        os.close(folder)
    assert read_tree(attic) == {"a": b"2", "b": b""}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["attic", "place"]
