"""What proves that nothing changed, and what does not."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample
from msgspec.structs import replace

from protoctl.flows.build import Choice, build
from protoctl.flows.idle import Memory, compare, proto_stamps
from protoctl.flows.session import Options
from protoctl.kit.stamps import SLACK, Seen, read_stamps
from protoctl.model.event import silent
from protoctl.toolchain.install import cache_folder

if TYPE_CHECKING:
    from protoctl.model.artifact import Manifest

PROTO = "proto/acme/common/v1/money.proto"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a workspace that was built, and whose files are older than any doubt."""
    root = copy_sample(tmp_path / "acme")
    make(root)
    return root


def make(root: Path) -> None:
    """Build Python packages."""
    build(root, Options(cache_folder(), runner="local"), Choice(root / "dist", targets=("python",)), silent)


def memory(root: Path) -> Memory:
    """Give what is remembered of the build."""
    return Memory(root, root / "dist")


def look(root: Path) -> Manifest | None:
    """Give the manifest when nothing changed."""
    return memory(root).look("0.1.0.dev0", (), ("python",))


def settle(root: Path) -> None:
    """Let the memory be as if it had been written long after all files."""
    found = memory(root)
    assert found.look("0.1.0.dev0", (), ("python",))
    state = memory(root).state
    assert state
    found.since = time.monotonic() + SLACK / 1e9
    found.trust(state)


def test_what_is_unchanged_is_not_read(root: Path) -> None:
    """Once all is older than the memory."""
    assert is_doubted(root)
    settle(root)
    assert not is_doubted(root)


def is_doubted(root: Path) -> bool:
    """Tell whether files have to be read to know that they are unchanged."""
    found = memory(root)
    state = found.state
    assert state
    protos = proto_stamps(Path(state.proto), state.exclude)
    is_same, is_doubted = compare(state, protos, found.stamps, read_stamps(map(Path, state.outputs)))
    assert is_same
    return is_doubted


def replace_in_place(path: Path) -> None:
    """Write other content of the same size into the same file, with the old time."""
    status, data = path.stat(), path.read_bytes()
    path.write_bytes(data.replace(b"e", b"a", 1))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_by_rename(path: Path) -> None:
    """Put another file of the same size and time in the place."""
    status, other = path.stat(), path.with_suffix(".other")
    other.write_bytes(path.read_bytes().replace(b"e", b"a", 1))
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.rename(path)


@pytest.mark.parametrize("change", [replace_in_place, replace_by_rename, Path.unlink])
@pytest.mark.parametrize(
    "path", [PROTO, "protoctl.toml", "dist/manifest.json", "dist/python/acme_common-0.1.0.dev0.tar.gz"]
)
@pytest.mark.parametrize("is_settled", [True, False])
def test_any_change_is_seen(root: Path, change: object, path: str, is_settled: bool) -> None:  # noqa: FBT001  a case
    if is_settled:
        settle(root)
    assert look(root)
    assert callable(change)
    change(root / path)
    assert look(root) is None


@pytest.mark.parametrize("path", ["proto/acme/common/v1/more.proto", "LICENSE.proto", "build/more.txt"])
def test_a_file_more_is_seen_where_files_count(root: Path, path: str) -> None:
    (root / path).write_text("")
    assert (look(root) is None) == (path != "LICENSE.proto")


def test_a_touched_file_is_read_once(root: Path) -> None:
    """After a checkout all times are new and nothing else is."""
    before = (root / "dist/manifest.json").stat().st_ino
    os.utime(root / PROTO)
    assert look(root) is None
    make(root)
    assert look(root)
    assert (root / "dist/manifest.json").stat().st_ino == before


def test_a_coarse_clock_hides_nothing(root: Path) -> None:
    """Where times are whole seconds, a file that changed in the second in which it was read has the same stamp."""
    found = memory(root)
    state = found.state
    assert state
    path = PROTO.removeprefix("proto/")
    status = (root / PROTO).stat()
    replace_in_place(root / PROTO)
    after = (root / PROTO).stat()
    assert (after.st_size, after.st_ino, after.st_mtime_ns) == (status.st_size, status.st_ino, status.st_mtime_ns)
    seen = state.protos[path]
    assert seen.digest, "it was read within the time in which a clock may stand still"
    state.protos[path] = Seen(replace(seen.stamp, changed=after.st_ctime_ns), seen.digest)
    assert found.look("0.1.0.dev0", (), ("python",)) is None


@pytest.mark.parametrize("damage", [b"", b"\x80", b"\xff" * 100])
def test_a_damaged_memory_is_none(root: Path, damage: bytes) -> None:
    memory(root).path.write_bytes(damage)
    assert look(root) is None
    make(root)
    assert look(root)


def test_a_part_of_what_is_there_is_known_and_more_is_not(root: Path) -> None:
    assert memory(root).look("0.1.0.dev0", ("user",), ("python",))
    assert memory(root).look("0.1.0.dev0", (), ("node",)) is None
    assert memory(root).look("0.1.0.dev0", ("nobody",), ("python",)) is None
    assert memory(root).look("0.1.0.dev1", (), ("python",)) is None


def test_what_a_build_of_another_state_left_beside_it_is_not_current(root: Path) -> None:
    """A module that came and went again is still in `dist/`."""
    options, choice = Options(cache_folder(), runner="local"), Choice(root / "dist", ("user",), ("python",))
    before = (root / PROTO).read_text()
    (root / PROTO).write_text(before.replace("message", "// More.\nmessage", 1))
    build(root, options, choice, silent)
    (root / PROTO).write_text(before)
    assert look(root) is None


def test_what_lies_behind_a_link_is_seen(root: Path) -> None:
    """A licence is often a link to that of the whole repository."""
    there = root.parent / "LICENSE"
    there.write_text("Nobody may use this")
    (root / "LICENSE").unlink()
    (root / "LICENSE").symlink_to(there)
    make(root)
    settle(root)
    assert look(root)
    there.write_text("Somebody may use it")
    assert look(root) is None
