"""A Jenkins agent: it clones a repository and runs its Jenkinsfile with `ci/Harness.groovy`, the steps for real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from repositories import git

from protoctl import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

HARNESS = Path(__file__).parent / "ci" / "Harness.groovy"
VENV = """#!/bin/sh
# Stands for the Python of an agent: an environment has the protoctl under test, and pip is asked for that version.
[ "$*" = "-m venv .venv" ] || exit 64
mkdir -p .venv/bin
printf '#!/bin/sh\\n[ "$*" = "install --quiet protoctl==%s" ]\\n' > .venv/bin/pip
printf '#!/bin/sh\\nexec %s -m protoctl "$@"\\n' > .venv/bin/protoctl
chmod +x .venv/bin/pip .venv/bin/protoctl
"""
SECONDS = 300


@dataclass(frozen=True)
class Ran:
    """A finished build."""

    code: int
    """0 for SUCCESS, 1 for FAILURE and UNSTABLE, 2 for what is no pipeline."""
    log: str
    """All that was printed, with nothing masked."""
    archive: Path
    """The folder of what was archived."""

    def archived(self) -> set[str]:
        """Give the paths of what was archived."""
        return {path.relative_to(self.archive).as_posix() for path in self.archive.rglob("*") if path.is_file()}


def require_groovy() -> str:
    """Give the program; skips without it, or fails where nothing may be skipped."""
    found = shutil.which("groovy")
    if not found:
        refuse = pytest.fail if os.environ.get("PROTOCTL_REQUIRE_REGISTRIES") else pytest.skip
        refuse("groovy is not installed (apt-get install groovy default-jre-headless)")
    return found


@dataclass(frozen=True)
class Agent:
    """A machine of Jenkins."""

    origin: Path
    """The bare repository."""
    folder: Path
    """Where it works; each build in a clone of its own."""
    environment: Mapping[str, str]
    """What protoctl needs: its cache and where it is imported from."""
    credentials: Mapping[str, Mapping[str, str]]
    """What Jenkins keeps, by id."""

    def build(self, name: str, *, branch: str = "main", target: str = "", kill_at: str = "") -> Ran:
        """Build a branch, or the change request that brings it to a target.

        `kill_at` is a text: when the log has it, everything that the build started is killed.
        """
        clone = self.folder / name
        git(self.folder, "clone", "--quiet", "--branch", branch, str(self.origin), str(clone))
        request = {
            "jenkinsfile": str(clone / "Jenkinsfile"),
            "branch": target or branch,
            "isChangeRequest": bool(target),
            "credentials": self.credentials,
            "archive": str(self.folder / f"{name}-archive"),
        }
        log = self.folder / f"{name}.log"
        with log.open("w") as stream:
            process = subprocess.Popen(
                [require_groovy(), str(HARNESS)],
                cwd=clone,
                env=self.variables(),
                stdin=subprocess.PIPE,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                text=True,
            )
        assert process.stdin
        process.stdin.write(json.dumps(request))
        process.stdin.close()
        if kill_at:
            kill_when(process, log, kill_at)
        code = process.wait(timeout=SECONDS)
        return Ran(code, log.read_text(), Path(str(request["archive"])))

    def variables(self) -> dict[str, str]:
        """Give the environment of a build, whose `python3` makes an environment with the protoctl under test."""
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        python = programs / "python3"
        python.write_text(VENV.replace('%s" ]', f'{__version__}" ]').replace("exec %s", f"exec {sys.executable}"))
        python.chmod(0o755)
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {**self.environment, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}


def kill_when(process: subprocess.Popen[str], log: Path, text: str) -> None:
    """Kill a process group as soon as its log has a text, which it must before it ends."""
    deadline = time.monotonic() + SECONDS
    while text not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
