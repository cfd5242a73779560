"""Finished wheels, changed as a faulty build would have made them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from loopback import digest

from protoctl.kit.archive import read_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Files = dict[str, bytes]

LIMIT = 1 << 30


def change_wheel(source: Path, folder: Path, change: Callable[[Files], object]) -> Path:
    """Write a copy of a wheel into a folder, its files changed and its RECORD made to fit."""
    files = read_zip(source.read_bytes(), limit=LIMIT)
    record = next(path for path in files if path.endswith(".dist-info/RECORD"))
    del files[record]
    change(files)
    rows = [f"{path},sha256={digest(data)},{len(data)}" for path, data in files.items()]
    files[record] = "\n".join([*rows, f"{record},,", ""]).encode()
    target = folder / source.name
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return target


def replace_in(files: Files, end: str, old: str, new: str) -> None:
    """Replace text in the one file whose path has an end, where it must occur."""
    path = next(path for path in files if path.endswith(end))
    assert old.encode() in files[path], (path, old)
    files[path] = files[path].replace(old.encode(), new.encode())


def drop_requirement(files: Files, name: str) -> None:
    """Take a requirement out of the metadata, where it must be."""
    path = next(path for path in files if path.endswith(".dist-info/METADATA"))
    lines = files[path].splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"Requires-Dist: {name}".encode())]
    assert len(kept) < len(lines), name
    files[path] = b"".join(kept)
