"""Archives as strangers read them: what lies inside, whether readers agree on it, and what no archive may hold."""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from protoctl.kit.archive import damage_reported, is_relative, open_tar
from protoctl.model.trial import Fault
from protoctl.packaging.embedded import SIZE_LIMIT

if TYPE_CHECKING:
    import tarfile
    from collections.abc import Collection, Iterable, Mapping

EXECUTABLE = 0o111
SHOWN = 5
"""Paths that a message names; more would hide the cause."""
DRIVE = re.compile(r"[A-Za-z]:")
"""With it, Windows leaves every folder."""
ESCAPE = re.compile(r"\\([0-7]{3}|.)")
"""How tar lists what a terminal cannot show (GNU tar manual, 6.6 "Quoting Member Names")."""
LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Kind(Enum):
    """What a member becomes when it is unpacked."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "device, pipe or unknown thing"


class Member(NamedTuple):
    """One entry of an archive."""

    path: str
    """As it is written there."""
    kind: Kind
    mode: int
    """Permission bits; 0 when the archive has none."""


def list_tar(data: bytes) -> list[Member]:
    """Give every entry of a tar, compressed by gzip or not, in order; raises UnsafeArchiveError for damage."""
    with damage_reported(), open_tar(data, limit=SIZE_LIMIT) as archive:
        return [Member(one.name, tar_kind(one), one.mode & 0o7777) for one in archive]


def read_members(data: bytes, names: Collection[str]) -> dict[str, bytes]:
    """Give the first regular file of each name in a tar, others not being looked at; raises UnsafeArchiveError."""
    found: dict[str, bytes] = {}
    with damage_reported(), open_tar(data, limit=SIZE_LIMIT) as archive:
        for member in archive:
            stream = archive.extractfile(member) if is_plain(member) and member.name in names else None
            if stream:
                found.setdefault(member.name, stream.read())
    return found


def is_plain(member: tarfile.TarInfo) -> bool:
    """Tell whether what is stored of a member is all that it holds; a sparse file may say that it holds gigabytes."""
    return member.isreg() and not member.issparse()


def tar_kind(member: tarfile.TarInfo) -> Kind:
    """Give what a member of a tar becomes."""
    if member.issym() or member.islnk():
        return Kind.LINK
    if member.isdir():
        return Kind.FOLDER
    return Kind.FILE if is_plain(member) else Kind.OTHER


def list_zip(data: bytes) -> list[Member]:
    """Give every entry of a zip, in order; raises UnsafeArchiveError for damage."""
    with damage_reported(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [
            Member(one.filename, zip_kind(one), stat.S_IMODE(one.external_attr >> 16)) for one in archive.infolist()
        ]


def zip_kind(member: zipfile.ZipInfo) -> Kind:
    """Give what a member of a zip becomes; one without a type of file, as DOS writes it, is a file."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return Kind.LINK
    if member.filename.endswith("/"):  # is_dir() of Python 3.11 fails on a name without characters
        return Kind.FOLDER
    return Kind.FILE if kind in {0, stat.S_IFREG} else Kind.OTHER


def file_paths(members: Iterable[Member]) -> list[str]:
    """Give the paths of all that becomes a file, in order."""
    return [member.path for member in members if member.kind is not Kind.FOLDER]


def judge_members(members: Collection[Member], *, root: str = "") -> list[Fault]:
    """Give a fault for each entry that no archive may hold: every one, in order.

    With a `root`, like `package/`, files outside are faults too.
    """
    faults = []
    for member in members:
        path = member.path.rstrip("/") if member.kind is Kind.FOLDER else member.path
        if member.kind in {Kind.LINK, Kind.OTHER}:
            faults.append(Fault(f"is no regular file but a {member.kind.value}", printable(path)))
        if not is_relative(path) or DRIVE.match(path):
            faults.append(Fault("leaves the archive's root, or can be written in another way", printable(path)))
        elif not f"{path}/".startswith(root):
            faults.append(Fault(f"lies outside {root}", printable(path)))
        if not path.isprintable():
            faults.append(Fault("has a name with characters that cannot be shown", printable(path)))
        if member.kind is Kind.FILE and member.mode & EXECUTABLE:
            faults.append(Fault(f"is executable (mode {member.mode:04o})", printable(path)))
    return [*faults, *find_clashes(file_paths(members))]


def find_clashes(paths: Iterable[str]) -> list[Fault]:
    """Give a fault for each path that another one hides on some file system, sorted.

    Twice the same, the same but for case or Unicode form, or a folder of one that is a file.
    """
    counts = Counter(paths)
    faults = [Fault(f"is there {count} times", printable(path)) for path, count in counts.items() if count > 1]
    owners: dict[str, str] = {}
    for path in sorted(counts):
        other = owners.setdefault(folded(path), path)
        if other != path:
            faults.append(Fault(f"is the same file as {other!r} where case or Unicode form do not count", path))
    for path in sorted(counts):
        parents = path.split("/")[:-1]
        prefixes = ("/".join(parents[: at + 1]) for at in range(len(parents)))
        faults += [
            Fault(f"lies below {owners[folded(one)]!r}, a file", path) for one in prefixes if folded(one) in owners
        ]
    return sorted(faults, key=lambda fault: (fault.file, fault.cause))


def folded(path: str) -> str:
    """Give what file systems that ignore case and Unicode form make of a path."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def compare_readers(readers: Mapping[str, Iterable[str]]) -> list[Fault]:
    """Give a fault for each reader that finds other files than the first one does, by name of reader → its paths."""
    (first, paths), *others = readers.items()
    expected, faults = Counter(paths), []
    for name, found in others:
        actual = Counter(found)
        for difference, verb in ((expected - actual, "does not find"), (actual - expected, "also finds")):
            if difference:
                faults.append(Fault(f"{name} {verb} {shown(difference)}, unlike {first}"))
    return faults


def shown(paths: Collection[str]) -> str:
    """Give the first few paths for a message, sorted."""
    names = [printable(path) for path in sorted(paths)]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def printable(path: str) -> str:
    """Give a path as a message can show it: quoted and escaped when it has characters that cannot be shown."""
    return path if path.isprintable() and path else repr(path)


def parse_tar_listing(listing: bytes) -> list[str]:
    """Give the paths of all files in what `tar --list` printed, quotes undone."""
    lines = listing.decode(errors="surrogateescape").splitlines()
    return [unquote(line) for line in lines if not line.endswith("/")]


def unquote(name: str) -> str:
    """Give a name without tar's escapes."""
    plain = ESCAPE.sub(lambda found: unescape(found[1]), name)
    return plain.encode("utf-8", "surrogateescape").decode(errors="surrogateescape")


def unescape(text: str) -> str:
    """Give the character, or the byte as a surrogate, that stands for an escape."""
    if len(text) > 1:
        return bytes([int(text, 8) & 0xFF]).decode(errors="surrogateescape")
    return LETTERS.get(text, text)
