"""What no archive may hold, and whether its readers agree."""

from __future__ import annotations

import io
import lzma
import stat
import tarfile
import zipfile

import pytest

from protoctl.kit.archive import UnsafeArchiveError
from protoctl.verification.archives import (
    Kind,
    Member,
    compare_readers,
    find_clashes,
    judge_members,
    list_tar,
    list_zip,
    parse_tar_listing,
    read_members,
)


def make_tar(*members: tarfile.TarInfo) -> bytes:
    """Give a tar of members without content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member in members:
            archive.addfile(member)
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, mode: int = 0o644) -> tarfile.TarInfo:
    """Give one member."""
    info = tarfile.TarInfo(name)
    info.type, info.mode = kind, mode
    return info


def causes(*members: Member, root: str = "") -> list[str]:
    """Give what is wrong with members, each with its path."""
    return [f"{fault.file}: {fault.cause}" for fault in judge_members(members, root=root)]


def a_file(path: str) -> Member:
    """Give a regular file."""
    return Member(path, Kind.FILE, 0o644)


def test_members_of_a_tar_are_listed_as_what_they_become() -> None:
    data = make_tar(
        member("a"),
        member("b", tarfile.SYMTYPE),
        member("c", tarfile.LNKTYPE),
        member("d", tarfile.DIRTYPE),
        member("e", tarfile.CHRTYPE),
        member("f", tarfile.FIFOTYPE),
    )
    kinds = [one.kind for one in list_tar(data)]
    assert kinds == [Kind.FILE, Kind.LINK, Kind.LINK, Kind.FOLDER, Kind.OTHER, Kind.OTHER]


def test_members_of_a_zip_are_listed_as_what_they_become() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, mode in (("a", stat.S_IFREG | 0o755), ("b", stat.S_IFLNK), ("d/", stat.S_IFDIR), ("e", stat.S_IFIFO)):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, "")
    listed = list_zip(buffer.getvalue())
    assert [one.kind for one in listed] == [Kind.FILE, Kind.LINK, Kind.FOLDER, Kind.OTHER]
    assert listed[0].mode == 0o755


def test_the_first_of_two_equal_names_is_read() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for text in (b"first", b"later"):
            info = tarfile.TarInfo("a")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    assert read_members(buffer.getvalue(), {"a", "b"}) == {"a": b"first"}


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "a/../b", "./a", "a//b", "a\\b", "C:/a"])
def test_paths_that_leave_or_can_be_written_in_another_way_are_faults(path: str) -> None:
    assert f"{path}: leaves the archive's root, or can be written in another way" in causes(a_file(path))


@pytest.mark.parametrize("kind", [Kind.LINK, Kind.OTHER])
def test_links_and_devices_are_faults(kind: Kind) -> None:
    assert causes(Member("a", kind, 0)) == [f"a: is no regular file but a {kind.value}"]


def test_every_fault_is_listed_with_its_file() -> None:
    members = (Member("package/a", Kind.FILE, 0o755), a_file("other/b"), a_file("package/c\nd"), a_file("package/e"))
    assert causes(*members, root="package/") == [
        "package/a: is executable (mode 0755)",
        "other/b: lies outside package/",
        "'package/c\\nd': has a name with characters that cannot be shown",
    ]


def test_folders_are_no_faults() -> None:
    assert causes(Member("package/", Kind.FOLDER, 0o755), a_file("package/a"), root="package/") == []


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["a", "a"], "a: is there 2 times"),
        (["a/Foo", "a/foo"], "a/foo: is the same file as 'a/Foo' where case or Unicode form do not count"),
        (["stra\u00dfe", "strasse"], "straße: is the same file as 'strasse' where case or Unicode form do not count"),
        (["e\u0301", "\u00e9"], "é: is the same file as 'e\u0301' where case or Unicode form do not count"),
        (["a", "A/b"], "A/b: lies below 'a', a file"),
    ],
)
def test_what_hides_another_file_is_found(paths: list[str], found: str) -> None:
    assert [f"{fault.file}: {fault.cause}" for fault in find_clashes(paths)] == [found]


def test_readers_that_agree_are_no_fault() -> None:
    assert compare_readers({"Python": ["a", "b"], "tar": ["b", "a"]}) == []


def test_a_reader_that_finds_other_files_is_named_with_them() -> None:
    faults = compare_readers({"Python": ["a", "b", "b"], "tar": ["a", "b", "b"], "npm": ["b", "c"]})
    assert [fault.cause for fault in faults] == [
        "npm does not find a, b, unlike Python",
        "npm also finds c, unlike Python",
    ]


def test_a_long_difference_is_cut() -> None:
    [fault] = compare_readers({"Python": [], "tar": [f"file{number}" for number in range(9)]})
    assert fault.cause == "tar also finds file0, file1, file2, file3, file4 and 4 more, unlike Python"


def test_a_listing_of_tar_loses_its_escapes_and_folders() -> None:
    assert parse_tar_listing(b"a/\na/b\nc\\\\d\ne\\nf\ng\\303\\251\n") == ["a/b", "c\\d", "e\nf", "g\u00e9"]


def test_what_takes_memory_that_nothing_bounds_is_not_read() -> None:
    """A kilobyte that says it holds four gigabytes, and a compression whose window the sender chooses."""
    sparse = tarfile.TarInfo("package/a")
    sparse.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0" % 0 * 2
    header[483:495] = b"%011o\0" % (1 << 32)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    data = bytes(header) + bytes(1024)
    assert [member.kind for member in list_tar(data)] == [Kind.OTHER]
    assert read_members(data, {"package/a"}) == {}
    with pytest.raises(UnsafeArchiveError):
        list_tar(lzma.compress(data))
