"""A manifest that cannot be read lists nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.model.artifact import Manifest
from protoctl.packaging.manifest import FILE_NAME, read_manifest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "data",
    [b"{", b"[]", b'{"artifacts": [{"module": "\xff"}]}', b'{"a":' + b"[" * 100_000],
    ids=["cut", "no object", "no text", "nested"],
)
def test_a_damaged_manifest_lists_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(data)
    assert read_manifest(tmp_path) == Manifest()
    (tmp_path / FILE_NAME).unlink()
    assert read_manifest(tmp_path) == Manifest()
