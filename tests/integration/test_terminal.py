"""Streams that are closed, full, narrow or cannot spell, users without a home: no crash, and the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY
from faults import CANARY, not_measured, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Protoctl
    from faults import Machine

PROTOCTL = f"{sys.executable} -m protoctl"
UNKNOWN = ("HOME", "PROTOCTL_CACHE_DIR", "XDG_CACHE_HOME")
BUILD = f"{PROTOCTL} build --runner local --target python"


def shell(machine: Machine, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in the workspace; the exit code is that of the first command of a pipe."""
    return subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"],
        cwd=machine.root,
        env={**machine.environment, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("streams", ["<&- >&- 2>&-", "--json | head -c 1", "2>&1 | true"])
def test_a_stream_that_is_closed_stops_no_build(machine: Machine, streams: str) -> None:
    done = shell(machine, f"{BUILD} {streams}")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr + done.stdout
    assert "Exception ignored" not in done.stderr
    placed = snapshot(machine.dist)
    assert placed
    assert machine.run().err == "nothing changed\n"
    machine.assert_clean()


def test_an_error_keeps_its_exit_code_when_nobody_hears_it(machine: Machine) -> None:
    machine.workspace.write("proto/acme/a/v1/a.proto", "message {")
    for streams in ("2>&-", "2>&1 | true", ">&- 2>/dev/full"):
        done = shell(machine, f"{BUILD} {streams}")
        assert (done.returncode, done.stdout, done.stderr) == (3, "", ""), streams


def test_findings_keep_their_exit_code_when_the_reader_has_enough(machine: Machine) -> None:
    machine.workspace.proto("acme/a/v1/a.proto", "message None {}")
    assert shell(machine, f"{PROTOCTL} check --runner local").returncode == 1
    assert shell(machine, f"{PROTOCTL} check --runner local | true").returncode == 1


def test_data_that_cannot_be_written_are_a_fault_of_the_machine(machine: Machine) -> None:
    done = shell(machine, f"{BUILD} > /dev/full")
    assert done.returncode == 4
    assert "error: cannot write standard output: No space left on device\n" in done.stderr
    assert "Exception ignored" not in done.stderr
    assert machine.run().code == 0


@pytest.mark.parametrize(
    "variables",
    [{"COLUMNS": "20", "TERM": "dumb"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "NO_COLOR": ""}],
    ids=str,
)
def test_a_narrow_or_plain_terminal_is_enough(machine: Machine, variables: Mapping[str, str]) -> None:
    for arguments in ("--help", "build --help", "lock --check", "graph --runner local"):
        done = shell(machine, f"{PROTOCTL} {arguments}", **variables)
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
        assert done.stdout + done.stderr


def test_names_that_the_terminal_cannot_spell_are_escaped(machine: Machine) -> None:
    folder = machine.home / os.fsdecode(b"caf\xe9 \xe2\x86\x92")
    (machine.root).rename(folder)
    for variables in ({}, {"PYTHONIOENCODING": "ascii"}):
        done = subprocess.run(
            [*PROTOCTL.split(), "lock", "--json", "--workspace", folder],
            cwd=machine.home,
            env={**machine.environment, **variables},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        done = subprocess.run(
            [*PROTOCTL.split(), "doctor", "--workspace", folder],
            cwd=machine.home,
            env={**machine.environment, **variables, "DOCKER_HOST": "unix:///nowhere"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert b"caf" in done.stdout


def test_a_user_without_home_needs_none(machine: Machine) -> None:
    done = machine.run("check", "--runner", "auto", wrapper=("env", "--unset=HOME", "--unset=DOCKER_HOST"))
    assert done.code == 0, done.err


@not_measured
@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes a user whom the system does not know")
def test_an_unknown_user_without_home_names_a_cache_folder(tmp_path: Path) -> None:
    program = """
import os
from protoctl.errors import MachineError
from protoctl.runners.select import home_folder
from protoctl.toolchain.install import cache_folder
from protoctl.toolchain.pip_settings import configuration_files
cache_folder()
os.setuid(54321)
assert list(configuration_files({}))
assert not (home_folder() / ".docker").exists()
try:
    cache_folder()
except MachineError as error:
    print(error)
"""
    environment = {name: value for name, value in os.environ.items() if name not in UNKNOWN} | {
        "PYTHONPATH": str(REPOSITORY)
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "there is no home folder for the cache\nhint: set HOME or PROTOCTL_CACHE_DIR\n"


def test_a_home_that_cannot_be_written_is_told_with_the_way_out(machine: Machine) -> None:
    (machine.home / "file").write_text("no folder")
    wrapper = ("env", "--unset=PROTOCTL_CACHE_DIR", "--unset=XDG_CACHE_HOME")
    done = machine.run(wrapper=wrapper, HOME=str(machine.home / "file"))
    assert done.code == 4
    assert f"cannot write the cache folder {machine.home}/file/" in done.err
    assert "\nhint: free or allow it, or choose another with PROTOCTL_CACHE_DIR" in done.err
    assert not machine.dist.exists()
    machine.assert_clean()
    assert Path(machine.home / "file").read_text() == "no folder"
    assert CANARY not in done.err


def test_what_a_name_holds_is_shown_and_not_obeyed(protoctl: Protoctl, tmp_path: Path) -> None:
    done = protoctl("verify", tmp_path / "a\x1b[31mb\u202ec")
    assert done.code == 2
    assert "a\\x1b[31mb\\u202ec\nhint: " in done.err
