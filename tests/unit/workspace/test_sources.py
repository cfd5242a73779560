"""What is taken from the proto root, and what is refused at which place."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from typing import TYPE_CHECKING

import pytest

from protoctl.errors import WorkspaceError
from protoctl.model.finding import Finding
from protoctl.workspace.sources import FILE_LIMIT, Earlier, take, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = b'syntax = "proto3";\npackage acme.v1;\n'


def write(root: Path, path: str, data: bytes = TEXT) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def refusals(root: Path) -> list[tuple[str, int, int, str]]:
    found = take_snapshot(root, []).refused
    assert {finding.rule for finding in found} <= {"source-refused"}
    return [(finding.file, finding.line, finding.column, finding.message) for finding in found]


@pytest.mark.parametrize(
    "data",
    [TEXT, b"\xef\xbb\xbf" + TEXT, TEXT.replace(b"\n", b"\r\n"), TEXT.replace(b"\n", b"\r")],
    ids=["lf", "bom", "crlf", "cr"],
)
def test_line_endings_and_byte_order_mark_change_nothing(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, "acme/v1/a.proto", data)
    assert take_snapshot(tmp_path, []).files == {"acme/v1/a.proto": TEXT}


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (TEXT + b"// caf\xe9\n", 3, 7, "byte 0xe9 is not UTF-8"),
        (TEXT.replace(b"\n", b"\r\n") + "// ü".encode() + b"\xff", 3, 5, "byte 0xff is not UTF-8"),
        (TEXT.decode().encode("utf-16"), 1, 1, "byte 0xff is not UTF-8; is it UTF-16?"),
        (TEXT.decode().encode("utf-16-le"), 1, 2, "holds a NUL character"),
        (TEXT + b"\0", 3, 1, "holds a NUL character"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, data: bytes, line: int, column: int, message: str) -> None:
    write(tmp_path, "acme/v1/a.proto", data)
    assert refusals(tmp_path) == [("acme/v1/a.proto", line, column, message)]


def test_links_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "proto"
    outside = write(tmp_path, "outside/secret.proto")
    inside = write(root, "acme/v1/a.proto")
    folder = inside.parent
    (folder / "inside.proto").symlink_to(inside)
    (folder / "outside.proto").symlink_to(outside)
    (folder / "dangling.proto").symlink_to(folder / "nowhere")
    (folder / "loop.proto").symlink_to(folder / "loop.proto")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "circle").symlink_to(root)
    (folder / "away").symlink_to(outside.parent)
    (folder / "notes.txt").symlink_to(outside)
    names = ["away", "circle", "dangling.proto", "inside.proto", "loop.proto", "outside.proto"]
    message = "is a symbolic link; the build reads plain files only"
    assert refusals(root) == [(f"acme/v1/{name}", 1, 1, message) for name in names]
    assert list(take_snapshot(root, []).files) == ["acme/v1/a.proto"]


def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside.proto")
    (tmp_path / "proto/acme").mkdir(parents=True)
    (tmp_path / "proto/acme/a.proto").hardlink_to(outside)
    assert list(take_snapshot(tmp_path / "proto", []).files) == ["acme/a.proto"]


def make_socket(path: Path) -> None:
    """Bind a socket, which stays when it is closed."""
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(path.parent):  # paths of sockets are short
        server.bind(path.name)


def make_device(path: Path) -> None:
    """Make a device that gives bytes without end."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices")


@pytest.mark.parametrize("make", [os.mkfifo, make_socket, make_device])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "it.proto")
    assert refusals(tmp_path) == [("it.proto", 1, 1, "is no regular file")]


def remove(path: Path) -> None:
    """Put nothing in the place of a file."""
    path.unlink()


def link(path: Path) -> None:
    """Put a link in the place of a file."""
    path.unlink()
    path.symlink_to("/etc/passwd")


def pipe(path: Path) -> None:
    """Put a pipe in the place of a file."""
    path.unlink()
    os.mkfifo(path)


def grow(path: Path) -> None:
    """Make a file too large."""
    os.truncate(path, FILE_LIMIT + 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (remove, "cannot be read: No such file or directory"),
        (link, "cannot be read: Too many levels of symbolic links"),
        (pipe, "was replaced by something else while it was read"),
        (grow, "was replaced by something else while it was read"),
    ],
)
def test_a_file_that_changes_after_it_was_listed(tmp_path: Path, change: Callable[[Path], None], message: str) -> None:
    """An editor saves, or somebody tries to be faster than the check."""
    path = write(tmp_path, "it.proto")
    (entry,) = os.scandir(tmp_path)
    entry.stat(follow_symlinks=False)
    change(path)
    found = take("it.proto", entry)
    assert isinstance(found, Finding)
    assert found.message == message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    write(tmp_path, "a.proto").chmod(0)
    assert refusals(tmp_path) == [("a.proto", 1, 1, "cannot be read: Permission denied")]


def test_names_that_reach_generated_code(tmp_path: Path) -> None:
    names = ["1st", "my file", "a;b#", "-I", "@x", "new\nline", "$(x)", "a'b", "con", "a.b", "ü", "x" * 201]
    for name in names:
        write(tmp_path, f"acme/{name}.proto")
    (tmp_path / "acme" / os.fsdecode(b"\xff.proto")).write_bytes(TEXT)
    for name in ("__pycache__/a", "__init__", "v1/__proto__/a"):
        write(tmp_path, f"acme/{name}.proto")
    write(tmp_path, "acme/import/v1/a.proto")
    write(tmp_path, "acme/import_things/import.proto")
    found = {file: message for file, _, _, message in refusals(tmp_path)}
    assert len(found) == len(names) + 5
    assert "acme/new\\nline.proto" in found
    assert found["acme/\\udcff.proto"].endswith("or -: '\\udcff'")
    assert (
        found["acme/import/v1/a.proto"]
        == "a folder is named by a Python keyword, and no import could name it: 'import'"
    )
    assert found["acme/v1/__proto__/a.proto"] == "Python and JavaScript use names like this themselves: '__proto__'"
    assert found["acme/con.proto"] == "a path segment is a device name on Windows: 'con'"
    assert list(take_snapshot(tmp_path, []).files) == ["acme/import_things/import.proto"]


def test_excluded_files_are_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "acme/v1/a.proto")
    write(tmp_path, "acme/old/v1/broken name.proto", b"\xff")
    write(tmp_path, "acme/v1/b_test.proto", b"\xff")
    snapshot = take_snapshot(tmp_path, ["acme/old", "**/*_test.proto", "acme/odl", "acme/**/b_test.proto"])
    assert (list(snapshot.files), snapshot.refused) == (["acme/v1/a.proto"], ())
    assert snapshot.unused == ("acme/odl",)


def test_roots_without_protos(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"does not exist\nhint: set workspace\.proto"):
        take_snapshot(tmp_path / "absent", [])
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="Not a directory"):
        take_snapshot(tmp_path / "file", [])
    (tmp_path / "empty/deep").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match=r"holds no \.proto files"):
        take_snapshot(tmp_path / "empty", [])


@pytest.mark.parametrize(
    ("trusted", "content", "taken"),
    [
        (1, b"old", TEXT),  # it was changed so late that its stamp proves nothing
        (1 << 62, b"old", b"old"),
        (1 << 62, None, TEXT),  # a stray, of which only the path was kept
    ],
)
def test_what_surely_is_as_it_was_is_not_read(
    tmp_path: Path, trusted: int, content: bytes | None, taken: bytes
) -> None:
    (tmp_path / "a.proto").write_bytes(TEXT)
    stamps = take_snapshot(tmp_path, []).stamps
    earlier = Earlier({"a.proto": content} if content else {}, stamps, trusted)
    assert take_snapshot(tmp_path, [], earlier).files == {"a.proto": taken}


def test_what_has_another_stamp_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_bytes(TEXT)
    earlier = Earlier({"a.proto": b"old"}, take_snapshot(tmp_path, []).stamps, 1 << 62)
    (tmp_path / "b.proto").write_bytes(TEXT)
    (tmp_path / "b.proto").replace(tmp_path / "a.proto")
    assert take_snapshot(tmp_path, [], earlier).files == {"a.proto": TEXT}
