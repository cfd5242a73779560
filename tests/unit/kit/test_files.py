"""Files and folders are whole or absent, also when runs meet or are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from protoctl.errors import MachineError
from protoctl.kit.exchange import exchange
from protoctl.kit.files import (
    folder_size,
    read_tree,
    recover_folder,
    replaced_folder,
    require_writable,
    swap_in_steps,
    write_atomic,
    write_tree,
)
from protoctl.kit.locks import locked
from protoctl.kit.scratch import scratch_folder

HOLDER = """
import sys
from pathlib import Path
from protoctl.kit.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), ".new-") as folder:
    (folder / "half").write_bytes(b"half")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def start_holder(parent: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a process that holds a scratch folder; give it and the folder's name."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(parent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def end_holder(process: subprocess.Popen[str], number: int) -> None:
    """Send a signal and close the pipes."""
    process.send_signal(number)
    process.communicate()


def test_a_failed_write_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomic(path, b"old")
    with pytest.raises(TypeError):
        write_atomic(path, "no bytes")  # type: ignore[arg-type]
    assert read_tree(tmp_path) == {"file": b"old"}


def test_written_files_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "file", b"")
        with replaced_folder(tmp_path / "folder"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o750


def test_scratch_folders_of_killed_runs_are_removed_and_those_of_live_ones_stay(tmp_path: Path) -> None:
    killed, left = start_holder(tmp_path)
    alive, kept = start_holder(tmp_path)
    try:
        end_holder(killed, signal.SIGKILL)
        assert (tmp_path / left).is_dir()
        with scratch_folder(tmp_path, ".new-") as mine:
            assert {path.name for path in tmp_path.iterdir()} == {kept, mine.name}
    finally:
        end_holder(alive, signal.SIGKILL)


def test_scratch_folders_with_another_prefix_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".newest").mkdir()
    with scratch_folder(tmp_path, ".new-"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".newest"]


def test_a_replaced_folder_is_the_old_one_until_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "dist"
    write_tree(target, {"old": b"1"})
    with pytest.raises(TypeError), replaced_folder(target) as fresh:
        write_tree(fresh, {"new": b"2", "no bytes": "2"})  # type: ignore[dict-item]
    assert read_tree(tmp_path) == {"dist/old": b"1"}
    with replaced_folder(target) as fresh:
        (fresh / "new").write_bytes(b"2")
    assert read_tree(tmp_path) == {"dist/new": b"2"}


def test_many_writers_of_one_folder_all_succeed_and_never_mix(tmp_path: Path) -> None:
    target = tmp_path / "dist"

    def write(number: int) -> None:
        recover_folder(target)
        with replaced_folder(target) as fresh:
            write_tree(fresh, dict.fromkeys("abc", b"%d" % number))

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(write, range(64)))
    found = read_tree(tmp_path)
    assert set(found) == {"dist/a", "dist/b", "dist/c"}
    assert len(set(found.values())) == 1


def test_a_swap_that_was_killed_in_the_middle_is_undone(tmp_path: Path) -> None:
    write_tree(tmp_path / ".dist-old", {"file": b"old"})
    recover_folder(tmp_path / "dist")
    assert read_tree(tmp_path) == {"dist/file": b"old"}


def test_what_a_killed_swap_left_is_removed(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"dist/file": b"new", ".dist-old/file": b"old", ".dist-new-x/file": b"half", ".distant/a": b""}
    )
    recover_folder(tmp_path / "dist")
    assert read_tree(tmp_path) == {"dist/file": b"new", ".distant/a": b""}


def test_where_folders_cannot_change_places_they_do_it_in_steps(tmp_path: Path) -> None:
    write_tree(tmp_path, {"dist/file": b"old", ".dist-old/left": b"of a kill", "fresh/file": b"new"})
    swap_in_steps(tmp_path / "fresh", tmp_path / "dist")
    assert read_tree(tmp_path) == {"dist/file": b"new", "fresh/file": b"old"}
    with pytest.raises(FileNotFoundError):
        swap_in_steps(tmp_path / "absent", tmp_path / "dist")
    assert read_tree(tmp_path) == {"dist/file": b"new", "fresh/file": b"old"}


def test_folders_change_places_at_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/file": b"1", "other/file": b"2"})
    if not exchange(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this file system cannot")
    assert read_tree(tmp_path) == {"one/file": b"2", "other/file": b"1"}
    assert not exchange(tmp_path / "one", tmp_path / "absent")


def test_a_file_that_a_killed_writer_left_half_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".file-abc").write_bytes(b"half")
    (tmp_path / ".file.other").write_bytes(b"mine")
    write_atomic(tmp_path / "file", b"whole")
    assert read_tree(tmp_path) == {"file": b"whole", ".file.other": b"mine"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_another_user_left_stays(tmp_path: Path) -> None:
    (tmp_path / ".new-theirs").mkdir()
    os.chown(tmp_path / ".new-theirs", 65534, 65534)
    (tmp_path / ".new-mine").mkdir()
    (tmp_path / ".new-link").symlink_to(tmp_path / "outside")
    (tmp_path / "outside").mkdir()
    with scratch_folder(tmp_path, ".new-"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {".new-theirs", ".new-link", "outside"}


def test_a_lock_that_stays_held_names_its_holder(tmp_path: Path) -> None:
    program = "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], 0), fcntl.LOCK_EX); print(flush=True); input()"
    argv = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        holder.stdout.readline()
        who = f"process {holder.pid}" if os.path.exists("/proc/locks") else "another process"  # noqa: PTH110
        with pytest.raises(MachineError, match=f"is locked by {who}"), locked(tmp_path, 0.05):
            pass
        holder.kill()
        holder.wait()
        with locked(tmp_path, 0.05):
            pass


def test_nothing_is_written_to_see_whether_it_could_be(tmp_path: Path) -> None:
    before = tmp_path.stat().st_mtime_ns
    require_writable(tmp_path)
    assert tmp_path.stat().st_mtime_ns == before
    with pytest.raises(PermissionError):
        require_writable(Path("/proc/self"))


def test_of_a_link_the_folder_behind_it_is_replaced(tmp_path: Path) -> None:
    write_tree(tmp_path / "real", {"old": b"1"})
    (tmp_path / "dist").symlink_to("real")
    for _ in range(2):
        with replaced_folder(tmp_path / "dist") as fresh:
            (fresh / "new").write_bytes(b"2")
    assert (tmp_path / "dist").is_symlink()
    assert read_tree(tmp_path) == {"real/new": b"2"}


def test_links_are_not_read_or_measured(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"x" * 1000)
    write_tree(tmp_path / "in", {"file": b"12"})
    (tmp_path / "in" / "folder").symlink_to(tmp_path)
    assert read_tree(tmp_path / "in") == {"file": b"12"}
    assert folder_size(tmp_path / "in") == 2


def test_an_unfinished_folder_cannot_be_made_where_nothing_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"), scratch_folder(tmp_path / "file", ".new-"):
        pass
