"""Agents of CI systems: what runs pipelines on this machine, and what is seen of it.

The protoctl that a pipeline installs is a stand-in of this checkout's, which notes what it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY
from loopback import write_wheel

from protoctl import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from forge import Forge

START = """import os, sys
def main():
    os.execve({python!r}, [{python!r}, {watched!r}, *sys.argv[1:]], {{**os.environ, "PYTHONPATH": {path!r}}})
"""
WATCHED = """import runpy, sys
def note(event, arguments):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn"):
        with open({started!r}, "a") as stream:
            print(arguments[1], file=stream)
sys.addaudithook(note)
runpy.run_module("protoctl", run_name="__main__", alter_sys=True)
"""
NOTE = """/usr/bin/env -0 > "{environments}/$(/bin/date +%s%N)-$$"
"""
"""What each shell runs first: it notes its environment."""


@dataclass(frozen=True)
class Run:
    """What a run of a pipeline left."""

    code: int
    log: str
    """What was printed; no secret is hidden in it."""
    kept: Mapping[str, bytes]
    """Path to content of everything that the system archived."""


@dataclass(frozen=True)
class Agent:
    """What a CI system runs on."""

    folder: Path
    """Everything of it lies below."""
    cache: Path
    """Of protoctl."""

    def install(self) -> None:
        """Lay out the package that the pipeline installs, and what watches it."""
        for name in ("packages", "environments", "home", "kept"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "started").touch()
        watched = self.folder / "watched.py"
        watched.write_text(WATCHED.format(started=str(self.folder / "started")))
        start = START.format(python=sys.executable, watched=str(watched), path=str(REPOSITORY))
        entry = {f"protoctl-{__version__}.dist-info/entry_points.txt": "[console_scripts]\nprotoctl = stand_in:main\n"}
        wheel = self.folder / f"packages/protoctl-{__version__}-py3-none-any.whl"
        write_wheel(wheel, "protoctl", __version__, {"stand_in.py": start, **entry})
        (self.folder / "note.sh").write_text(NOTE.format(environments=self.folder / "environments"))

    def variables(self, forge: Forge) -> dict[str, str]:
        """Give the environment of a run; neither an engine nor a setting of protoctl is in it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "PROTOCTL_"))}
        return kept | {
            "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
            "PROTOCTL_CACHE_DIR": str(self.cache),
            "XDG_CACHE_HOME": str(self.folder / "home"),
            "PIP_FIND_LINKS": str(self.folder / "packages"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "GIT_SSL_CAINFO": str(forge.certificate),
            "BASH_ENV": str(self.folder / "note.sh"),
            "NO_COLOR": "1",
        }

    def run(self, argv: list[str | Path], cwd: Path, variables: Mapping[str, str]) -> tuple[int, str]:
        """Run a runner and give its exit code and its log."""
        done = subprocess.run(
            argv, cwd=cwd, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=900, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    @property
    def environments(self) -> list[dict[str, str]]:
        """What each shell was given, in the order of their starts."""
        texts = [path.read_text() for path in sorted((self.folder / "environments").iterdir())]
        return [dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry) for text in texts]

    @property
    def started(self) -> str:
        """The command lines of everything that protoctl started."""
        return (self.folder / "started").read_text()

    def holders(self, variable: str, secrets: Iterable[str]) -> set[str]:
        """Give what a variable says in each shell whose environment holds one of the secrets."""
        wanted = set(secrets)
        return {one.get(variable, "") for one in self.environments if wanted & set(one.values())}


def refuse_leaks(agent: Agent, run: Run, secrets: Iterable[str]) -> None:
    """Fail when a secret is in the log, in what was archived or on the command line of something that was started."""
    places = {"the log": run.log.encode(), "a command line": agent.started.encode(), **run.kept}
    found = {place for place, text in places.items() if any(one.encode() in text for one in secrets)}
    assert not found


@pytest.fixture
def agent(tmp_path: Path, cache: Path) -> Agent:
    """Give a machine for one pipeline."""
    made = Agent(tmp_path / "agent", cache)
    made.install()
    return made
