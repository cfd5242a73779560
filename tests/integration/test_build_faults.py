"""A build that cannot be finished changes nothing, says why, and leaves no litter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Protoctl, copy_sample, succeed

if TYPE_CHECKING:
    from pathlib import Path


def snapshot(folder: Path) -> dict[str, bytes]:
    """Give path to content of every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def built(tmp_path: Path, protoctl: Protoctl) -> Path:
    """Give a copy of the sample that was built once."""
    root = copy_sample(tmp_path / "acme")
    assert protoctl("build", "--runner", "local", "--target", "python", "--workspace", root).code == 0
    return root


def change(root: Path) -> None:
    """Make the next build do something."""
    path = root / "proto/acme/common/v1/money.proto"
    path.write_text(path.read_text() + "\nmessage Added {}\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_the_old_dist_and_no_litter(built: Path, tmp_path: Path, number: int, code: int) -> None:
    change(built)
    before = snapshot(built / "dist")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "protoctl", "build", "--runner", "local", "--workspace", built],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr
        heard = next((line for line in process.stderr if line.startswith("generating")), "")
        assert heard, "the build was over before it could be stopped"
        process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait(timeout=5) == code, rest
    assert "Traceback" not in rest
    assert snapshot(built / "dist") == before
    assert list(temporary.iterdir()) == []
    assert [path.name for path in built.iterdir() if path.name.startswith(".dist")] == []


def test_faulty_protos_leave_the_old_dist(built: Path, protoctl: Protoctl) -> None:
    before = snapshot(built / "dist")
    path = built / "proto/acme/common/v1/money.proto"
    path.write_text(path.read_text() + "\nmessage {\n")
    done = protoctl("build", "--workspace", built)
    assert done.code == 3
    assert "acme/common/v1/money.proto:" in done.err
    assert snapshot(built / "dist") == before


def test_a_file_in_the_place_of_dist_is_refused(tmp_path: Path, protoctl: Protoctl) -> None:
    root = copy_sample(tmp_path / "acme")
    (root / "dist").write_text("mine")
    done = protoctl("build", "--target", "python", "--workspace", root)
    assert done.code == 4
    assert "is no folder" in done.err
    assert (root / "dist").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="a read-only mount needs root, and nothing else is read-only for root")
def test_a_read_only_dist_is_refused_before_any_work(built: Path, protoctl: Protoctl) -> None:
    change(built)
    before = snapshot(built / "dist")
    mounted = subprocess.run(["mount", "--bind", built / "dist", built / "dist"], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts nothing")
    try:
        succeed("mount", "-o", "remount,bind,ro", built / "dist")
        done = protoctl("build", "--target", "python", "--workspace", built)
    finally:
        succeed("umount", built / "dist")
    assert done.code == 4
    assert "Read-only file system" in done.err
    assert "hint: choose another folder with --out" in done.err
    assert "generating" not in done.err
    assert snapshot(built / "dist") == before


def test_a_swap_that_was_killed_in_the_middle_is_undone(built: Path, protoctl: Protoctl) -> None:
    before = snapshot(built / "dist")
    (built / "dist").rename(built / ".dist-old")
    done = protoctl("build", "--target", "python", "--workspace", built)
    assert done.code == 0
    assert "nothing changed" in done.err
    assert snapshot(built / "dist") == before


def test_an_unknown_module_target_runner_or_version_is_a_usage_error(built: Path, protoctl: Protoctl) -> None:
    for arguments, message in (
        (("usr",), "did you mean user?"),
        (("--target", "pyton"), "did you mean python?"),
        (("--version", "1.0.0"), "add --release"),
        (("--version", "one"), "is no version"),
        (("--no-such-option",), "No such option"),
    ):
        done = protoctl("build", *arguments, "--workspace", built)
        assert done.code == 2, arguments
        assert message in done.err


def test_an_unknown_runner_is_a_usage_error(built: Path, protoctl: Protoctl) -> None:
    change(built)
    done = protoctl("build", "--runner", "podman", "--workspace", built)
    assert done.code == 2
    assert "one of auto, docker, local" in done.err


def test_a_closed_pipe_is_no_crash(built: Path) -> None:
    command = f"{sys.executable} -m protoctl build --workspace {built} --json | head -c 1"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr
    assert done.stdout == "{"
