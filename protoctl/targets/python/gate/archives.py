"""Whether all who open a wheel or an sdist find the same in it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit import process
from protoctl.kit.archive import UnsafeArchiveError, read_gzip, read_tar, read_zip
from protoctl.kit.files import read_tree, write_tree
from protoctl.model.trial import Fault, Trial
from protoctl.packaging.embedded import SIZE_LIMIT
from protoctl.packaging.python_archives import TIMESTAMP
from protoctl.targets.python.gate.environment import ask
from protoctl.toolchain.clients import run_uv
from protoctl.verification.archives import judge_members, list_tar, list_zip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from protoctl.verification.parcel import Parcel
    from protoctl.verification.workbench import Workbench

    Read = Callable[[Sequence[Path], Path, Workbench], str]

PYTHON = "python"
WRITTEN = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json"}
"""What installers write, or write anew, among a wheel's metadata."""
SECONDS = 600


def judge_archives(files: Sequence[Path]) -> list[Trial]:
    """Give a trial for each file: nothing in it may be hidden, be a link, or leave its folder."""
    return [Trial(PYTHON, "", f"archive, {path.name}", tuple(judge_archive(path))) for path in files]


def judge_archive(path: Path) -> list[Fault]:
    """Give what no archive may hold, all of it."""
    try:
        data = path.read_bytes()
        if path.name.endswith(".whl"):
            return judge_members(list_zip(data))
        return judge_members(list_tar(read_gzip(data, limit=SIZE_LIMIT)), root=f"{path.name.removesuffix('.tar.gz')}/")
    except (OSError, UnsafeArchiveError) as error:
        return [Fault("is no archive", path.name, said=str(error))]


def try_wheels(wheels: Sequence[Parcel], workbench: Workbench) -> list[Trial]:
    """Give the trials of pip, uv and unzip: each has to find what Python's zipfile finds, to the byte."""
    readers: dict[str, Read] = {"pip": by_pip, "uv": by_uv}
    readers |= {"unzip": by_unzip} if shutil.which("unzip") else {}
    trials = [trial for name, read in readers.items() for trial in try_reader(name, read, wheels, workbench)]
    reason = "this machine has no unzip"
    return (
        trials
        if "unzip" in readers
        else [*trials, *(Trial(PYTHON, one.module, "unzip", skipped=reason) for one in wheels)]
    )


def try_reader(name: str, read: Read, wheels: Sequence[Parcel], workbench: Workbench) -> Iterator[Trial]:
    """Let a program open all wheels at once, and one by one when it refuses, to know which."""
    begin = time.monotonic()
    folder = workbench.scratch / f"by-{name}"
    said = read([wheel.path for wheel in wheels], folder, workbench)
    for number, wheel in enumerate(wheels):
        own = folder.with_name(f"by-{name}-{number}") if said else folder
        words = read([wheel.path], own, workbench) if said else ""
        faults = (
            [Fault(f"{name} refuses the wheel", wheel.path.name, said=words)] if words else list(compare(wheel, own))
        )
        yield Trial(PYTHON, wheel.module, name, tuple(faults), seconds=time.monotonic() - begin)


def compare(wheel: Parcel, folder: Path) -> Iterator[Fault]:
    """Give a fault for each file of a wheel that a folder lacks or has otherwise, and for each that it has besides."""
    files = read_zip(wheel.path.read_bytes(), limit=SIZE_LIMIT)
    info = next(path.partition("/")[0] for path in files if path.partition("/")[0].endswith(".dist-info"))
    for path, data in files.items():
        target = folder / path
        if path != f"{info}/RECORD" and (not target.is_file() or target.read_bytes() != data):
            yield Fault("is not unpacked as it is in the wheel", path)
    for path in read_tree(folder / info):
        if f"{info}/{path}" not in files and path not in WRITTEN:
            yield Fault("is unpacked and not in the wheel", f"{info}/{path}")


def by_pip(wheels: Sequence[Path], folder: Path, workbench: Workbench) -> str:
    """Install wheels into a folder; give pip's words when it refuses, else nothing."""
    argv = [
        sys.executable,
        "-s",
        "-m",
        "pip",
        "--isolated",
        "--no-input",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    argv += ["--no-compile", "--root-user-action", "ignore", "--disable-pip-version-check", "--target", str(folder)]
    variables = {**os.environ, "PYTHONPATH": str(workbench.tools / "site")}
    done = process.run([*argv, *map(str, wheels)], environment=variables, timeout=SECONDS)
    return (done.stderr or f"exit code {done.returncode}") if done.returncode else ""


def by_uv(wheels: Sequence[Path], folder: Path, workbench: Workbench) -> str:
    """Install wheels into a folder; give uv's words when it refuses, else nothing."""
    arguments = ["pip", "install", "--quiet", "--no-deps", "--no-index", "--python", sys.executable]
    try:
        run_uv([*arguments, "--target", str(folder), *map(str, wheels)], what="", offline=workbench.offline)
    except MachineError as error:
        return error.said
    return ""


def by_unzip(wheels: Sequence[Path], folder: Path, workbench: Workbench) -> str:
    """Unpack wheels into a folder; give unzip's words when it complains, else nothing."""
    del workbench
    for wheel in wheels:
        done = process.run(["unzip", "-qq", "-o", str(wheel), "-d", str(folder)], timeout=SECONDS)
        if done.returncode or done.stderr:
            return done.stderr or f"exit code {done.returncode}"
    return ""


def try_sdists(sdists: Sequence[Parcel], wheels: Sequence[Parcel], workbench: Workbench) -> list[Trial]:
    """Give the trials of sdists: each builds itself and the wheel beside it, to the byte."""
    begin = time.monotonic()
    built = {(wheel.module, wheel.embedded.version): wheel for wheel in wheels}
    root = workbench.scratch / "sdists"
    projects = [(root / str(number), root / f"{number}-out") for number in range(len(sdists))]
    for sdist, (project, _) in zip(sdists, projects, strict=True):
        write_tree(project, unpacked(sdist))
    said = build_all(projects) if projects else []
    seconds = time.monotonic() - begin
    trials = []
    for sdist, (_, out), error in zip(sdists, projects, said, strict=True):
        wheel = built.get((sdist.module, sdist.embedded.version))
        faults = [Fault("cannot be built", sdist.path.name, said=error)] if error else []
        expected = [] if error else [parcel.path for parcel in (sdist, wheel) if parcel]
        faults += [Fault("builds another file than was given", one.name) for one in expected if not is_same(out, one)]
        trials.append(Trial(PYTHON, sdist.module, "build the sdist", tuple(faults), seconds=seconds))
    return trials


def unpacked(sdist: Parcel) -> dict[str, bytes]:
    """Give the files of an sdist's project, without what a build adds."""
    files = read_tar(read_gzip(sdist.path.read_bytes(), limit=SIZE_LIMIT))
    return {path.partition("/")[2]: data for path, data in files.items() if not path.endswith("/PKG-INFO")}


def build_all(projects: Sequence[tuple[Path, Path]]) -> list[str]:
    """Build projects into folders and give what went wrong with each; raises ToolError."""
    variables = {**os.environ, "SOURCE_DATE_EPOCH": TIMESTAMP}
    request = {"projects": [[str(folder), str(output)] for folder, output in projects]}
    return list(ask([sys.executable, "-s"], "build_all.py", request, variables))


def is_same(folder: Path, path: Path) -> bool:
    """Tell whether a folder holds a file's twin."""
    twin = folder / path.name
    return twin.is_file() and twin.read_bytes() == path.read_bytes()
