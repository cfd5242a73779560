"""What may differ between two builds: one value each, with how to know whether this machine can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import REPOSITORY, interpreters, make_environment

from protoctl.errors import EngineError
from protoctl.toolchain.install import cache_folder
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from reproduce.circumstances import Circumstances

SHUFFLED = str(Path(__file__).with_name("shuffled"))
LATER = "2031-05-06 07:08:09"
OTHER = "65534"
"""A user and a group without rights."""
USERS = (
    ("setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups"),
    ("unshare", "--user", f"--map-user={OTHER}", f"--map-group={OTHER}"),
)
"""Ways to another user; the second, a namespace, serves where the first cannot read Python or the workspace."""


@dataclass(frozen=True)
class Ground:
    """What variations may ask about."""

    workspace: Path
    """The folder that is built."""
    scratch: Path
    """For environments."""


@dataclass(frozen=True)
class Variation:
    """One thing that differs."""

    name: str
    """As `--only` takes it; unique."""
    sentence: str
    """What differs, for the table."""
    apply: Callable[[Circumstances, Ground], Circumstances]
    """Gives other circumstances."""
    absent: Callable[[Ground], str] = lambda _: ""
    """Says why this machine cannot; nothing when it can."""


def wrapped(circumstances: Circumstances, *argv: str) -> Circumstances:
    """Give circumstances in which a program starts what was started before."""
    return replace(circumstances, wrappers=(argv, *circumstances.wrappers))


def exported(circumstances: Circumstances, **variables: str) -> Circumstances:
    """Give circumstances with more environment variables."""
    return replace(circumstances, environment={**circumstances.environment, **variables})


def needs(program: str) -> Callable[[Ground], str]:
    """Give the question whether a program is installed."""
    return lambda _: "" if shutil.which(program) else f"{program} is not installed"


def way_to_user(ground: Ground) -> tuple[str, ...]:
    """Give the command that starts others as a user without rights who can run protoctl there, or nothing."""
    toolchains = cache_folder() / "toolchains"
    code = f"import os, protoctl; assert os.getuid() == {OTHER}; os.listdir({str(toolchains)!r})"
    code += f"; os.stat({str(ground.scratch)!r})"
    for way in USERS:
        if shutil.which(way[0]):
            argv = [*way, sys.executable, "-c", code]
            if not subprocess.run(argv, cwd=REPOSITORY, capture_output=True, check=False).returncode:
                return way
    return ()


def as_user(circumstances: Circumstances, ground: Ground) -> Circumstances:
    """Give circumstances with another user, who has no home."""
    return wrapped(exported(circumstances, HOME="/nonexistent"), *way_to_user(ground))


def no_user(ground: Ground) -> str:
    """Say why there is no other user."""
    return "" if way_to_user(ground) else "no other user can be had that reads Python and the toolchain"


def no_cores(ground: Ground) -> str:
    """Say why the number of cores cannot be changed."""
    return needs("taskset")(ground) or ("" if len(os.sched_getaffinity(0)) > 1 else "there is only one")


def no_engine(ground: Ground) -> str:
    """Say why no container can be used."""
    lock = read_lock(ground.workspace)
    if not lock or not lock.image.reference:
        return "protoctl.lock names no image"
    from protoctl.runners.docker import connect

    try:
        connect(lock, offline=False)
    except EngineError as error:
        return error.what
    return ""


def first_core() -> str:
    """Give the number of one core that may be used."""
    return str(min(os.sched_getaffinity(0)))


VARIATIONS = (
    Variation("again", "nothing but the cache", lambda one, _: one),
    Variation("path", "another folder, blanks and ä in its name", lambda one, _: replace(one, folder="b/öther plaçe")),
    Variation("user", "another user, without rights", as_user, no_user),
    Variation("umask", "umask 077", lambda one, _: replace(one, umask=0o077)),
    Variation("zone", "14 hours east", lambda one, _: exported(one, TZ="Pacific/Kiritimati")),
    Variation(
        "locale",
        "plain C, nothing coerced to UTF-8",
        lambda one, _: exported(one, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0"),
    ),
    Variation(
        "time",
        f"the clock at {LATER}, SOURCE_DATE_EPOCH and the files' times too",
        lambda one, _: replace(
            wrapped(exported(one, SOURCE_DATE_EPOCH="1935903600"), "faketime", LATER), modified=4_000_000_000
        ),
        needs("faketime"),
    ),
    Variation(
        "order",
        "folders listed in another order, sets too",
        lambda one, _: replace(exported(one, REPRODUCE_SEED="7", PYTHONHASHSEED="7"), search=(SHUFFLED, *one.search)),
    ),
    Variation("cores", "one core", lambda one, _: wrapped(one, "taskset", "--cpu-list", first_core()), no_cores),
    Variation("runner", "in a container", lambda one, _: replace(one, options=("--runner=docker",)), no_engine),
)


def python_variations() -> list[Variation]:
    """Give one variation for each Python from 3.11 on that is found and is not this one, oldest first."""
    found = {version_of(python): python for python in interpreters()}
    own = version_of(sys.executable)
    return [python_variation(version, path) for version, path in sorted(found.items()) if "3.11" <= version != own]


def python_variation(version: str, python: str) -> Variation:
    """Give the variation that builds with another Python."""

    def apply(circumstances: Circumstances, ground: Ground) -> Circumstances:
        """Install protoctl there."""
        installed = make_environment(ground.scratch / f"python-{version}", [REPOSITORY], python)
        search = tuple(path for path in circumstances.search if path != str(REPOSITORY))
        return replace(circumstances, python=str(installed), search=search)

    return Variation(f"python-{version}", f"protoctl runs on Python {version}", apply)


def version_of(python: str) -> str:
    """Give the version of an interpreter as text that sorts."""
    code = "import sys; print('%d.%02d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
