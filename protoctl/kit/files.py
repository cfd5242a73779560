"""Writing files and folders so that a reader never sees half of one."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def write_atomic(path: Path, data: bytes) -> None:
    """Write beside the target and rename over it; creates missing parent folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o666 & ~current_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def current_umask() -> int:
    """Give the process's umask, which POSIX only tells to those who set it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def write_tree(root: Path, files: Mapping[str, bytes]) -> None:
    """Write each path below the root, which may be missing."""
    made: set[Path] = set()
    for path, data in files.items():
        target = root / path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        target.write_bytes(data)


def read_tree(root: Path) -> dict[str, bytes]:
    """Give path below the root → content for every regular file; links are not followed."""
    found: dict[str, bytes] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder beside the target; on success it takes the target's place, else it vanishes.

    Renames need one file system, so the folder is a sibling. Between the two renames a reader may find no
    target; after a kill in that instant `recover_folder` puts the old one back.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-new-", dir=target.parent))
    fresh.chmod(0o777 & ~current_umask())
    try:
        yield fresh
        swap_folder(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def swap_folder(fresh: Path, target: Path) -> None:
    """Put the fresh folder in the target's place and delete what was there."""
    old = target.parent / f".{target.name}-old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        recover_folder(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover_folder(target: Path) -> None:
    """Undo a swap that was killed in the middle, and remove what earlier runs left beside the target."""
    old = target.parent / f".{target.name}-old"
    if old.exists() and not target.exists():
        old.rename(target)
