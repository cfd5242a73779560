"""Writing files and folders so that a reader never sees half of one."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.kit.exchange import exchange
from protoctl.kit.locks import locked
from protoctl.kit.scratch import make_locked, scratch_folder, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SCRATCH = ".new-"
"""How the name of a scratch file begins that does not lie beside its target."""


def write_atomic(path: Path, data: bytes, beside: Path | None = None, allow: Callable[[], bool] | None = None) -> None:
    """Write a scratch file, then rename it over the target; creates missing parent folders.

    The scratch file lies in `beside`, which is on the same file system and is swept by its owner, else beside the
    target, where those that killed writers left are removed. `allow` is asked once it is complete, and may forbid that
    it takes its name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = SCRATCH if beside else f".{path.name}-"
    if not beside:
        sweep(path.parent, prefix)
    descriptor, name = make_locked(partial(tempfile.mkstemp, prefix=prefix, dir=beside or path.parent))
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            Path(name).chmod(0o666 & ~current_umask())
            if allow and not allow():
                Path(name).unlink()
                return
            Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def current_umask() -> int:
    """Give the process's umask, which POSIX only tells to those who set it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


class ForeignFileError(OSError):
    """A file belongs to a user who is neither this one nor root."""

    def __init__(self, path: Path, owner: int) -> None:
        """Take the file and the owner's number."""
        super().__init__(errno.EPERM, f"belongs to user {owner}", str(path))
        self.owner = owner


def read_own(path: Path) -> bytes:
    """Give the content of a regular file that nobody but this user and root may have written.

    Raises ForeignFileError, and another OSError for what is no regular file; a pipe is not waited for.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "is no regular file", str(path))
        if status.st_uid not in {os.geteuid(), 0}:
            raise ForeignFileError(path, status.st_uid)
        return stream.read()


def write_tree(root: Path, files: Mapping[str, bytes]) -> None:
    """Write each path below the root, which may be missing."""
    made: set[Path] = set()
    for path, data in files.items():
        target = root / path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        target.write_bytes(data)


def link_file(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system has no such thing; creates missing parent folders."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


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

    Renames need one file system, so the folder is a sibling. Where two folders cannot change places at once, a reader
    may find no target for an instant; after a kill in that instant `recover_folder` puts the old one back.
    """
    target = target.resolve()  # of a link, what it points to is replaced
    with scratch_folder(target.parent, scratch_prefix(target)) as fresh:
        fresh.chmod(0o777 & ~current_umask())
        yield fresh
        with locked(target.parent):
            swap_folder(fresh, target)


def scratch_prefix(target: Path) -> str:
    """Give how the names of the folders begin that are to take a target's place."""
    return f".{target.name}-new-"


def swap_folder(fresh: Path, target: Path) -> None:
    """Put the fresh folder in the target's place and what was there in the fresh one's; the parent must be locked."""
    if not target.exists():
        fresh.rename(target)
    elif not exchange(fresh, target):
        swap_in_steps(fresh, target)


def swap_in_steps(fresh: Path, target: Path) -> None:
    """Do the same by three renames; when the middle one fails, the target is put back."""
    old = old_place(target)
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    old.rename(fresh)


def old_place(target: Path) -> Path:
    """Give where a target is while another takes its place."""
    return target.parent / f".{target.name}-old"


def recover_folder(target: Path) -> None:
    """Undo a swap that was killed in the middle, and remove what killed builds left beside the target."""
    target = target.resolve()
    old = old_place(target)
    if old.exists():
        with locked(target.parent):  # another build may be in its swap
            if old.exists() and not target.exists():
                old.rename(target)
            shutil.rmtree(old, ignore_errors=True)
    sweep(target.parent, scratch_prefix(target))


def require_writable(folder: Path) -> None:
    """Raise OSError when nothing can be written into a folder; nothing is written."""
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        code = errno.EROFS if os.statvfs(folder).f_flag & os.ST_RDONLY else errno.EACCES
        raise OSError(code, os.strerror(code), str(folder))


def folder_size(folder: Path) -> int:
    """Give the bytes of all files below a folder, links not followed; what vanishes meanwhile counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).lstat().st_size
    return total
