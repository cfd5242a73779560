"""Writing files and folders so that a reader never sees half of one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
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
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, after whoever has it; the system drops it when its holder dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network file system without locks serves one process at a time
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_abandoned(folder: Path) -> bool:
    """Tell whether a scratch folder's maker is gone; in doubt it is not."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder below the parent, which vanishes in the end unless it was moved away.

    Folders with the same prefix whose makers were killed are removed: each maker holds its folder's lock.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with locked(parent):
        for left in parent.iterdir():
            if left.name.startswith(prefix) and is_abandoned(left):
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        descriptor = os.open(folder, os.O_RDONLY)
        with suppress(OSError):  # as in `locked`
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder beside the target; on success it takes the target's place, else it vanishes.

    Renames need one file system, so the folder is a sibling. Between the two renames a reader may find no
    target; after a kill in that instant `recover_folder` puts the old one back.
    """
    target = target.resolve()  # of a link, what it points to is replaced
    with scratch_folder(target.parent, f".{target.name}-new-") as fresh:
        fresh.chmod(0o777 & ~current_umask())
        yield fresh
        with locked(target.parent):
            swap_folder(fresh, target)


def swap_folder(fresh: Path, target: Path) -> None:
    """Put the fresh folder in the target's place and delete what was there; the parent must be locked."""
    old = target.parent / f".{target.name}-old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover_folder(target: Path) -> None:
    """Undo a swap that was killed in the middle."""
    target = target.resolve()
    old = target.parent / f".{target.name}-old"
    if old.exists() and not target.exists():
        with locked(target.parent):
            if old.exists() and not target.exists():  # else another build was in its swap, and has finished it
                old.rename(target)


def folder_size(folder: Path) -> int:
    """Give the bytes of all files below a folder, links not followed; what vanishes meanwhile counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).lstat().st_size
    return total
