"""Nothing changed only when all that lies there is what these inputs give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.flows.idle import Memory
from protoctl.kit.digest import digest_bytes
from protoctl.model.artifact import Artifact, Manifest
from protoctl.packaging.manifest import FILE_NAME, encode_manifest

if TYPE_CHECKING:
    from pathlib import Path

ALL = [("user", "python"), ("common", "python")]
USER = ALL[:1]


def place(root: Path, *modules: str, content: bytes = b"") -> Manifest:
    """Put packages into `dist/` as a build does."""
    names = {module: f"{module}.whl" for module in modules}
    manifest = Manifest(
        tuple(Artifact(path, one, "python", one, "1", digest_bytes(content), "", "") for one, path in names.items())
    )
    (root / "dist").mkdir(exist_ok=True)
    for path in names.values():
        (root / "dist" / path).write_bytes(content)
    (root / "dist" / FILE_NAME).write_bytes(encode_manifest(manifest))
    return manifest


def memory(root: Path) -> Memory:
    """Give what is remembered."""
    return Memory(root, root / "dist")


def test_the_same_build_again_is_known(tmp_path: Path) -> None:
    assert memory(tmp_path).recall("key", ALL) is None
    manifest = place(tmp_path, "user", "common")
    memory(tmp_path).note("key", manifest)
    assert memory(tmp_path).recall("key", ALL) == manifest
    assert memory(tmp_path).recall("other", ALL) is None


def test_a_part_of_what_is_there_is_known_and_more_is_not(tmp_path: Path) -> None:
    manifest = place(tmp_path, "user", "common")
    memory(tmp_path).note("key", manifest)
    assert memory(tmp_path).recall("key", USER) == manifest
    memory(tmp_path).note("key", place(tmp_path, "user"))
    assert memory(tmp_path).recall("key", ALL) is None


def test_what_a_build_of_another_state_left_beside_it_is_not_current(tmp_path: Path) -> None:
    """A module that came and went again is still in `dist/`."""
    memory(tmp_path).note("before", place(tmp_path, "user"))
    memory(tmp_path).note("after", place(tmp_path, "user", "common"))
    assert memory(tmp_path).recall("before", USER) is None


def test_what_another_build_placed_meanwhile_is_not_ours(tmp_path: Path) -> None:
    manifest = place(tmp_path, "user")
    place(tmp_path, "user", content=b"another's")
    memory(tmp_path).note("key", manifest)
    assert memory(tmp_path).recall("key", USER) is None


def test_a_package_that_was_changed_is_made_again(tmp_path: Path) -> None:
    memory(tmp_path).note("key", place(tmp_path, "user"))
    (tmp_path / "dist/user.whl").write_bytes(b"changed")
    assert memory(tmp_path).recall("key", USER) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"key": "key"}'])
def test_a_damaged_memory_remembers_nothing(tmp_path: Path, text: str) -> None:
    manifest = place(tmp_path, "user")
    one = memory(tmp_path)
    one.note("key", manifest)
    one.path.write_text(text)
    assert one.recall("key", USER) is None
    one.note("key", manifest)
    assert one.recall("key", USER) == manifest
