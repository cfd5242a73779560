"""A snapshot of the proto root: what is read once is what is compiled, whatever an editor does meanwhile."""

from __future__ import annotations

import codecs
import os
import stat
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protoctl.errors import WorkspaceError
from protoctl.kit.globs import is_match
from protoctl.kit.stamps import Stamp, stamp_of
from protoctl.model.finding import Finding, by_place
from protoctl.workspace.path_names import refuse_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

SUFFIX = ".proto"
FILE_LIMIT = 128 << 20
"""Bytes of one proto; a larger one is refused."""


@dataclass(frozen=True)
class Snapshot:
    """The protos below a root at one moment."""

    files: dict[str, bytes]
    """Path below the root to content: UTF-8 without byte order mark, lines ended by LF; sorted."""
    refused: tuple[Finding, ...]
    """Files and links that cannot be taken, sorted by path."""
    unused: tuple[str, ...]
    """Patterns of what is excluded that matched nothing, in their order."""
    stamps: dict[str, Stamp] = field(default_factory=dict)
    """Path below the root to what the file system told before the file was read, of what is refused too."""


@dataclass(frozen=True)
class Earlier:
    """Protos that were read before."""

    files: Mapping[str, bytes]
    """Path below the root to content, as in a snapshot."""
    stamps: Mapping[str, Stamp]
    """As in a snapshot."""
    trusted: int
    """What `trusted_time` gave before they were read; nanoseconds."""

    def get(self, path: str, stamp: Stamp) -> bytes | None:
        """Give the content of a file whose stamp proves that it is as it was."""
        is_same = self.stamps.get(path) == stamp and stamp.newest < self.trusted
        return self.files.get(path) if is_same else None


def take_snapshot(root: Path, exclude: Sequence[str], earlier: Earlier | None = None) -> Snapshot:
    """Read every proto below the root that is not excluded; links are refused, not followed.

    Raises WorkspaceError when the root is missing, no folder, unreadable or without protos.
    """
    files: dict[str, bytes] = {}
    refused: list[Finding] = []
    used: set[str] = set()
    stamps: dict[str, Stamp] = {}
    for path, entry in walk(root, exclude, used):
        known = None
        with suppress(OSError):  # it is refused as well
            stamps[path] = stamp_of(entry.stat(follow_symlinks=False))
            known = earlier.get(path, stamps[path]) if earlier else None
        taken = take(path, entry) if known is None else known
        if isinstance(taken, Finding):
            refused.append(taken)
        else:
            files[path] = taken
    if not files and not refused:
        hint = "put protos there, or set workspace.proto" + (" or workspace.exclude" if exclude else "")
        raise WorkspaceError(f"{root} holds no {SUFFIX} files", hint=hint)
    unused = tuple(pattern for pattern in exclude if pattern not in used)
    return Snapshot(dict(sorted(files.items())), tuple(sorted(refused, key=by_place)), unused, stamps)


def snapshot_of(files: Iterable[tuple[str, bytes | None]], exclude: Sequence[str]) -> Snapshot:
    """Give the snapshot of protos that are no files of this machine, by path below their root; None is a link."""
    kept: dict[str, bytes] = {}
    refused: list[Finding] = []
    for path, data in files:
        if not path.endswith(SUFFIX) or any(is_match(pattern, path) for pattern in exclude):
            continue
        problem = "is a symbolic link" if data is None else refuse_path(path)
        text = normalise(data or b"")
        found = refuse(path, problem) if problem else refuse_text(path, text)
        if found:
            refused.append(found)
        else:
            kept[path] = text
    return Snapshot(dict(sorted(kept.items())), tuple(sorted(refused, key=by_place)), ())


def take(path: str, entry: os.DirEntry[str]) -> bytes | Finding:
    """Give the content of a proto, or why it is not taken."""
    try:
        problem = refuse_entry(entry) or refuse_path(path)
        if problem:
            return refuse(path, problem)
        data = read_plain(entry.path)
    except OSError as error:
        return refuse(path, f"cannot be read: {error.strerror}")
    if data is None:
        return refuse(path, "was replaced by something else while it was read")
    text = normalise(data)
    return refuse_text(path, text) or text


def read_plain(path: str) -> bytes | None:
    """Give the content of a regular file, or None for what has taken its place meanwhile; waits for no writer."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return None
        data = stream.read(FILE_LIMIT + 1)
    return data if len(data) <= FILE_LIMIT else None


def walk(root: Path, exclude: Sequence[str], used: set[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give path and entry of every proto, and of every link to a folder, in no particular order.

    Patterns that exclude something are put into `used`.
    """
    try:
        pending = [("", list(os.scandir(root)))]
    except FileNotFoundError:
        raise WorkspaceError(f"the proto root {root} does not exist", hint="set workspace.proto") from None
    except OSError as error:
        hint = "set workspace.proto to a folder that can be read"
        raise WorkspaceError(f"cannot read the proto root {root}: {error.strerror}", hint=hint) from error
    while pending:
        prefix, entries = pending.pop()
        for entry in entries:
            path = prefix + entry.name
            if matching := [pattern for pattern in exclude if is_match(pattern, path)]:
                used.update(matching)
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append((f"{path}/", scan(entry, path)))
            elif entry.name.endswith(SUFFIX) or is_linked_folder(entry):
                yield path, entry


def is_linked_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a link to a folder; a link that leads nowhere is none."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a loop
        return False


def scan(entry: os.DirEntry[str], path: str) -> list[os.DirEntry[str]]:
    """Give what a folder holds."""
    try:
        return list(os.scandir(entry.path))
    except OSError as error:
        raise WorkspaceError(f"cannot read the folder {path}: {error.strerror}") from error


def refuse_entry(entry: os.DirEntry[str]) -> str:
    """Say why something that is no plain file is not read, or nothing."""
    if entry.is_symlink():
        return "is a symbolic link; the build reads plain files only"
    status = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if status.st_size > FILE_LIMIT:
        return f"is larger than {FILE_LIMIT >> 20} MiB"
    return ""


def refuse_text(path: str, data: bytes) -> Finding | None:
    """Find the first byte that is not UTF-8, or a NUL."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        encoding = "; is it UTF-16?" if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else ""
        return refuse(path, f"byte 0x{data[error.start]:02x} is not UTF-8{encoding}", data[: error.start])
    if b"\0" in data:
        return refuse(path, "holds a NUL character", data[: data.index(b"\0")])
    return None


def refuse(path: str, problem: str, before: bytes = b"") -> Finding:
    """Make the finding for a file that is not taken, placed after the bytes that were fine."""
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
    shown = path if path.isprintable() else ascii(path)[1:-1]
    return Finding(shown, line, column, "source-refused", problem)


def normalise(data: bytes) -> bytes:
    """Drop the byte order mark and end each line by LF, so that a checkout's line endings change no artifact."""
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def fold(path: str) -> str:
    """Give the form under which two paths are one file on some file system."""
    return unicodedata.normalize("NFC", path).casefold()
