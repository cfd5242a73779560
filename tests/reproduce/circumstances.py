"""The circumstances of a build, and a build under them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conftest import REPOSITORY, fresh_cache

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 600
"""How long a build may take."""


class BuildError(Exception):
    """A build failed, so there is nothing to compare."""


@dataclass(frozen=True)
class Circumstances:
    """What surrounds a build and shall not show in what it makes."""

    folder: str = "plain"
    """Where the copy of the workspace lies, below a folder of the build's own."""
    wrappers: tuple[tuple[str, ...], ...] = ()
    """Programs that start the rest of the command, the outermost first."""
    python: str = sys.executable
    """The interpreter that runs protoctl."""
    options: tuple[str, ...] = ("--runner=local",)
    """Of `protoctl build`."""
    umask: int = 0o022
    """Of the process."""
    search: tuple[str, ...] = (str(REPOSITORY),)
    """PYTHONPATH."""
    modified: int = 0
    """The time of every input, in seconds since 1970."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables beside those of this process."""

    def command(self, *arguments: str) -> list[str]:
        """Give the command line that starts Python with some arguments."""
        return [*(word for wrapper in self.wrappers for word in wrapper), self.python, *arguments]

    def variables(self, cache: Path) -> dict[str, str]:
        """Give the environment of a build with a cache of its own."""
        own = {"PROTOCTL_CACHE_DIR": str(cache), "PYTHONPATH": os.pathsep.join(self.search)}
        return {**os.environ, "NO_COLOR": "1", **own, **self.environment}


def build(workspace: Path, scratch: Path, circumstances: Circumstances) -> Path:
    """Give the `dist/` that a copy of a workspace gets; raises BuildError with what protoctl said."""
    root = copy_workspace(workspace, scratch / circumstances.folder)
    for path in root.rglob("*"):
        os.utime(path, (circumstances.modified, circumstances.modified))
    cache = fresh_cache(scratch / "cache")
    for folder in (cache, root, *root.parents):
        if folder.is_relative_to(scratch):
            folder.chmod(0o777)  # for the variation that builds as another user
    run(circumstances, root, cache, "-m", "protoctl", "build", *circumstances.options)
    return root / "dist"


def run(circumstances: Circumstances, folder: Path, cache: Path, *arguments: str) -> str:
    """Give what Python prints when it is started under the circumstances; raises BuildError when it fails."""
    done = subprocess.run(
        circumstances.command(*arguments),
        cwd=folder,
        env=circumstances.variables(cache),
        umask=circumstances.umask,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise BuildError(done.stderr)
    return done.stdout


def copy_workspace(workspace: Path, root: Path) -> Path:
    """Copy the inputs of a build, nothing that an earlier one made."""
    configured = tomllib.loads((workspace / "protoctl.toml").read_text()).get("workspace", {})
    root.mkdir(parents=True)
    for name in ("protoctl.toml", "protoctl.lock", "LICENSE", "build", configured.get("proto", "proto")):
        source = workspace / name
        if source.is_dir():
            shutil.copytree(source, root / name, symlinks=True)
        elif source.is_file():
            shutil.copy(source, root / name)
    return root
