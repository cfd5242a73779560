"""Disks that are full, small, read-only or elsewhere, and low limits: exit code 4 with the place, or a warning."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from conftest import succeed
from faults import ARGUMENTS, not_measured, snapshot

from protoctl.kit.files import write_tree
from protoctl.toolchain.install import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faults import Machine

    References = dict[str, dict[str, bytes]]

FILLER = 3000
"""Messages in the large proto; what is made of it is larger than any disk of these tests."""


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Give a folder with a small file system of its own."""
    folder.mkdir(exist_ok=True)
    if os.geteuid() or subprocess.run(["mount", *options, folder], capture_output=True, check=False).returncode:
        pytest.skip("this user or machine mounts nothing")
    try:
        yield folder
    finally:
        succeed("umount", folder)


def small_disk(size: str) -> tuple[str, ...]:
    """Give how a disk in memory is mounted."""
    return ("-t", "tmpfs", "-o", f"size={size}", "tmpfs")


def enlarge(machine: Machine) -> None:
    """Add a proto whose packages need room."""
    fields = "\n".join(f"message M{number} {{ string value_{number} = 1; }}" for number in range(FILLER))
    machine.workspace.proto("acme/a/v1/large.proto", fields)


def shrink(machine: Machine) -> None:
    """Take the large proto away."""
    (machine.root / "proto/acme/a/v1/large.proto").unlink()


def assert_unharmed(machine: Machine, references: References) -> None:
    """The old `dist/` is whole, and the next build on a sound machine gives the reference bytes."""
    assert snapshot(machine.dist) == references["first"]
    done = machine.run()
    assert done.code == 0, done.err
    assert snapshot(machine.dist) == references["second"]
    machine.assert_clean()


@pytest.mark.parametrize("size", ["16k", "320k", "1m"])
def test_a_full_tmpdir(used: Machine, references: References, size: str) -> None:
    """Where the request, what protoc writes, or the packages find no room."""
    enlarge(used)
    with mounted(used.temporary, *small_disk(size)):
        done = used.run()
        assert list(used.temporary.iterdir()) == []
    assert done.code == 4, done.err
    assert (
        f"error: cannot write temporary files in {used.temporary}: No space left on device\nhint: free space"
        in done.err
    )
    assert done.err.rstrip().endswith("or choose another folder with TMPDIR")
    shrink(used)
    assert_unharmed(used, references)


def test_a_full_disk_for_dist(used: Machine, references: References) -> None:
    """`--out` is on the disk, with what was built before; the message says how much is needed."""
    with mounted(used.home / "small", *small_disk("96k")) as small:
        arguments = (*ARGUMENTS, "--out", small / "dist")
        assert used.run(*arguments).code == 0
        before = snapshot(small)
        enlarge(used)
        done = used.run(*arguments)
        assert snapshot(small) == before
        assert [path.name for path in small.iterdir()] == ["dist"]
        shrink(used)
        assert used.run(*arguments).code == 0
        assert snapshot(small / "dist") == references["second"]
    assert done.code == 4
    assert f"error: cannot write {small}/dist: No space left on device\n" in done.err
    assert "kB are needed, beside what is there" in done.err
    assert_unharmed(used, references)


def test_a_full_cache_costs_the_cache(used: Machine, references: References) -> None:
    with mounted(used.cache / "results", *small_disk("20k")) as results:
        done = used.run()
        assert not list(results.rglob(".*"))
    assert done.code == 0, done.err
    assert done.err.count("warning:") == 1
    assert f"warning: results are not kept: No space left on device: {used.cache}/results\n" in done.err
    assert snapshot(used.dist) == references["second"]
    used.assert_clean()


def test_a_cache_without_room_for_the_toolchain(used: Machine, references: References) -> None:
    """What was half installed is gone."""
    (used.cache / "toolchains").unlink()
    with mounted(used.cache / "toolchains", *small_disk("1m")) as toolchains:
        done = used.run("build", "--offline", "--runner", "local", "--target", "python")
        assert [path.name for path in toolchains.iterdir()] == ["CACHEDIR.TAG"]
    assert done.code == 4
    assert "error: cannot install the toolchain's" in done.err or "cannot write the cache folder" in done.err
    (used.cache / "toolchains").rmdir()
    (used.cache / "toolchains").symlink_to(cache_folder() / "toolchains")
    assert_unharmed(used, references)


def test_a_read_only_cache_is_told_and_works(used: Machine, references: References) -> None:
    (used.cache / "results").mkdir()
    with mounted(used.cache, "--bind", str(used.cache)):
        succeed("mount", "-o", "remount,bind,ro", used.cache)
        done = used.run()
    assert done.code == 0, done.err
    assert done.err.count("warning: results are not kept: Read-only file system") == 1
    assert snapshot(used.dist) == references["second"]
    used.assert_clean()


def test_a_dist_that_is_a_disk_of_its_own_is_refused_before_any_work(used: Machine, references: References) -> None:
    """It cannot be replaced as a whole."""
    with mounted(used.home / "disk", *small_disk("1m")) as disk:
        write_tree(disk, references["first"])
        done = used.run(*ARGUMENTS, "--out", disk)
        assert snapshot(disk) == references["first"]
    assert done.code == 4
    assert f"error: cannot replace {disk}: it is a mount point\nhint: choose a folder below it with --out" in done.err
    assert "generating" not in done.err
    assert_unharmed(used, references)


def test_dist_cache_and_tmpdir_on_three_disks(used: Machine, references: References) -> None:
    """Nothing is renamed from one file system to another."""
    with (
        mounted(used.home / "out", *small_disk("8m")) as out,
        mounted(used.temporary, *small_disk("8m")),
        mounted(used.cache / "results", *small_disk("8m")),
    ):
        for _ in range(2):
            done = used.run(*ARGUMENTS, "--out", out / "dist")
            assert done.code == 0, done.err
            assert snapshot(out / "dist") == references["second"]
            used.edit("second")
        assert [path.name for path in out.iterdir()] == ["dist"]
    assert_unharmed(used, references)


@not_measured
@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("--nofile=10", "error: Too many open files\nhint: allow more open files (`ulimit -n`)"),
        ("--fsize=2000", "File too large\nhint: "),
    ],
)
def test_a_limit_that_is_too_low(used: Machine, references: References, limit: str, said: str) -> None:
    done = used.run(wrapper=("prlimit", limit))
    assert done.code == 4, done.err
    assert said in done.err
    assert "this is a bug" not in done.err
    assert_unharmed(used, references)


@not_measured
def test_memory_that_is_short_anywhere_is_no_bug(used: Machine, references: References) -> None:
    """Whatever cannot be loaded, started or allocated; how much each takes depends on Python."""
    codes = []
    for mebibytes in (24, 32, 40, 48):
        done = used.run(wrapper=("prlimit", f"--as={mebibytes << 20}"))
        assert "this is a bug" not in done.err
        codes.append(done.code)
        if done.code:
            assert snapshot(used.dist) == references["first"]
    assert codes[0] == 4
    assert {*codes} <= {0, 4}
    assert used.run().code == 0
    assert snapshot(used.dist) == references["second"]
    used.assert_clean()


@pytest.mark.parametrize("limit", ["--nofile=64", "--as=536870912"])
def test_a_limit_that_is_low_is_enough(used: Machine, references: References, limit: str) -> None:
    done = used.run(wrapper=("prlimit", limit))
    assert done.code == 0, done.err
    assert snapshot(used.dist) == references["second"]
    used.assert_clean()


def test_node_packages_need_more_memory_and_say_so(used: Machine) -> None:
    """Node reserves more than it uses."""
    before = snapshot(used.dist)
    done = used.run("build", "--runner", "local", "--target", "node", wrapper=("prlimit", "--as=536870912"))
    assert done.code == 4, done.err
    assert "error: protoc-gen-es failed" in done.err
    assert snapshot(used.dist) == before
    used.assert_clean()
