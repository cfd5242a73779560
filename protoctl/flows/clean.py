"""Clean: remove what can be made again."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.cache.results import RESULTS
from protoctl.errors import MachineError, WorkspaceError
from protoctl.flows.idle import FOLDER
from protoctl.flows.receipts import RELEASES
from protoctl.kit.cache_tag import is_cache_of
from protoctl.packaging.manifest import FILE_NAME as MANIFEST
from protoctl.toolchain.install import TOOLCHAINS
from protoctl.verification.workbench import VERIFICATION

if TYPE_CHECKING:
    from pathlib import Path

DIST = "dist"


@dataclass(frozen=True)
class Removed:
    """A folder that is gone."""

    path: str
    freed: int
    """Bytes that the disk has back; files that another cache shares free nothing."""


@dataclass(frozen=True)
class Result:
    """What was removed."""

    removed: tuple[Removed, ...]
    """In the order of removal."""


def clean(root: Path, cache: Path | None, *, dist: bool) -> Result:
    """Remove a workspace's intermediate files, its `dist/` if asked, and what protoctl keeps in a given cache folder.

    The papers of releases stay, since no build makes them again. Of the cache folder only what carries protoctl's mark
    is removed. Raises WorkspaceError for a `dist/` that no build made, MachineError when a file cannot be deleted.
    """
    folders = intermediate(root / FOLDER)
    if dist and os.path.lexists(root / DIST):
        if not (root / DIST / MANIFEST).is_file():
            raise WorkspaceError(f"{root / DIST} holds no {MANIFEST}, so no build made it", hint="delete it yourself")
        folders.append(root / DIST)
    if cache:
        kept = (cache / name for name in (TOOLCHAINS, RESULTS, VERIFICATION))
        folders += [folder for folder in kept if is_cache_of(folder, "protoctl")]
    result = Result(tuple(remove(folder) for folder in folders if os.path.lexists(folder)))
    if cache and cache.is_dir() and not any(cache.iterdir()):
        cache.rmdir()
    return result


def intermediate(folder: Path) -> list[Path]:
    """Give what is deleted of the folder for intermediate files: all of it, or all but the papers of releases."""
    if folder.is_symlink() or not (folder / RELEASES).exists():
        return [folder]
    return sorted(path for path in folder.iterdir() if path.name != RELEASES)


def remove(folder: Path) -> Removed:
    """Delete a folder or file, of a link the link only; raises MachineError."""
    freed = 0 if folder.is_symlink() else freed_by(folder) if folder.is_dir() else folder.stat().st_size
    try:
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise MachineError(f"cannot delete {folder}: {error.strerror}: {error.filename}") from error
    return Removed(str(folder), freed)


def freed_by(folder: Path) -> int:
    """Give the bytes of the files that have no other name elsewhere."""
    found = (entry.lstat() for entry in folder.rglob("*") if entry.is_file() and not entry.is_symlink())
    return sum(status.st_size for status in found if status.st_nlink == 1)
