"""What differs inside two packages."""

from __future__ import annotations

from protoctl.kit.archive import pack_tgz
from protoctl.publishing.contents import compare_contents


def test_files_that_only_one_has_or_that_differ_are_named() -> None:
    ours = pack_tgz({"package/a": b"1", "package/b": b"1", "package/c": b"same"})
    theirs = pack_tgz({"package/a": b"2", "package/d": b"1", "package/c": b"same"})
    assert compare_contents("x.tgz", ours, theirs) == [
        "differs: package/a",
        "only here: package/b",
        "only there: package/d",
    ]


def test_many_differences_are_counted() -> None:
    ours = pack_tgz({f"package/{number:02}": b"1" for number in range(13)})
    lines = compare_contents("x.tgz", ours, pack_tgz({}))
    assert len(lines) == 11
    assert lines[-1] == "and 3 more"


def test_the_same_files_packed_otherwise() -> None:
    ours = pack_tgz({"package/a": b"1"})
    theirs = ours[:4] + b"\x01" + ours[5:]
    assert compare_contents("x.tgz", ours, theirs) == [
        "the same files, packed otherwise: another Python or zlib packed them"
    ]


def test_what_is_there_may_be_no_package() -> None:
    [line] = compare_contents("x.whl", b"", b"<html>")
    assert line.startswith("what is there cannot be opened: ")
