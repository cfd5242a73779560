"""Finished npm tarballs, changed as a faulty build or an attacker would have made them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

from protoctl.kit.archive import pack_tgz, read_tar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Files = dict[str, bytes]

ROOT = "package/"


def change_tarball(source: Path, change: Callable[[Files], object], target: Path | None = None) -> Path:
    """Write a tarball anew, in its own place or another, its files below `package/` changed."""
    files = {path.removeprefix(ROOT): data for path, data in read_tar(source.read_bytes()).items()}
    change(files)
    target = target or source
    target.write_bytes(pack_tgz({f"{ROOT}{path}": data for path, data in files.items()}))
    return target


def add_member(source: Path, target: Path, member: tarfile.TarInfo, text: bytes = b"") -> Path:
    """Write a copy of a tarball with one more entry at its end."""
    buffer = io.BytesIO(gzip.decompress(source.read_bytes()))
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    target.write_bytes(gzip.compress(buffer.getvalue()))
    return target


def replace_in(files: Files, end: str, old: str, new: str) -> None:
    """Replace text in every file whose path has an end, where it must occur."""
    paths = [path for path in files if path.endswith(end)]
    assert paths, end
    for path in paths:
        assert old.encode() in files[path], (path, old)
        files[path] = files[path].replace(old.encode(), new.encode())


def edit_metadata(files: Files, **changes: Any) -> None:  # noqa: ANN401  any JSON value
    """Set fields of package.json; None takes one away."""
    metadata = json.loads(files["package.json"]) | changes
    kept = {key: value for key, value in metadata.items() if value is not None}
    files["package.json"] = (json.dumps(kept, indent=2) + "\n").encode()


def set_bound(files: Files, name: str, bound: str | None) -> None:
    """Set the range of a requirement, which must be there unless it is new; None takes it away."""
    dependencies = json.loads(files["package.json"])["dependencies"]
    if bound is None:
        del dependencies[name]
    else:
        dependencies[name] = bound
    edit_metadata(files, dependencies=dependencies)
