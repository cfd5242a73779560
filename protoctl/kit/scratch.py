"""Files and folders that are not finished: gone with their maker, or with the next after it was killed."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit.signals import held_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""A full disk, a quota, a limit of file sizes."""


def make_locked(make: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """Give an open descriptor and the name of a new scratch file or folder, whose lock tells that its maker lives."""
    while True:
        descriptor, name = make()
        with suppress(OSError):  # a network file system without locks is not swept
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        if os.path.lexists(name):
            return descriptor, name
        os.close(descriptor)  # swept between its making and its locking


def sweep(parent: Path, prefix: str) -> None:
    """Remove the scratch files and folders of one prefix whose makers were killed; in doubt they stay.

    Each maker holds the lock of what it made, and only what this user owns is removed.
    """
    with suppress(OSError), os.scandir(parent) as entries:
        for name in [entry.name for entry in entries if entry.name.startswith(prefix)]:
            with suppress(OSError):
                remove_abandoned(parent / name)


def remove_abandoned(path: Path) -> None:
    """Remove a scratch file or folder unless its maker lives; the lock is held meanwhile, so that nobody takes it up.

    Raises OSError when it is another's.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid():
            return
        if stat.S_ISDIR(status.st_mode):
            shutil.rmtree(path, ignore_errors=True)
        elif stat.S_ISREG(status.st_mode):
            path.unlink()
    finally:
        os.close(descriptor)


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder below the parent, which vanishes in the end unless it was moved away.

    Folders with the same prefix whose makers were killed are removed.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent, prefix)
    descriptor, name = make_locked(partial(make_folder, parent, prefix))
    try:
        yield Path(name)
    finally:
        os.close(descriptor)
        shutil.rmtree(name, ignore_errors=True)


def make_folder(parent: Path, prefix: str) -> tuple[int, str]:
    """Give an open descriptor and the name of a new folder."""
    while True:
        name = tempfile.mkdtemp(prefix=prefix, dir=parent)
        with suppress(FileNotFoundError):  # swept before it was opened
            return os.open(name, os.O_RDONLY), name


@cache
def temporary_place() -> Path:
    """Give the folder for temporary files, as TMPDIR says; raises OSError when there is none that can be written."""
    with held_signals():  # Python tries it by a file, which an interrupt would leave there
        return Path(tempfile.gettempdir())


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """Give a scratch folder in TMPDIR; what killed runs left of the same purpose is removed.

    Raises MachineError, which names the place, when there is no room in it.
    """
    place = temporary_place()
    try:
        with scratch_folder(place, f"protoctl-{purpose}-") as folder:
            yield folder
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room(place, os.strerror(error.errno)) from error
        raise


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Let libraries put their temporary files into a folder of ours, where they cannot be left behind."""
    temporary_place()  # which stays where it is
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = None


def find_no_room(said: str) -> str:
    """Give the words in what a program said that mean that the disk is full, or nothing."""
    return next((words for words in map(os.strerror, NO_ROOM) if words in said), "")


def no_room(place: Path, reason: str, needed: str = "") -> MachineError:
    """Give the error for a full disk, with the amount that is needed where it is known."""
    amount = f" (at least {needed})" if needed else ""
    hint = f"free space there{amount}, or choose another folder with TMPDIR"
    return MachineError(f"cannot write temporary files in {place}: {reason}", hint=hint)
