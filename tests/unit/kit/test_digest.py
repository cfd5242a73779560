"""Digests tell different things apart, and do not depend on order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from protoctl.kit.digest import digest_bytes, digest_file, digest_json, digest_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def test_bytes_and_files_have_sha256(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    expected = hashlib.sha256(b"x" * 100_000).hexdigest()
    assert digest_file(tmp_path / "file") == digest_bytes(b"x" * 100_000) == expected


def test_order_does_not_matter() -> None:
    assert digest_json({"a": 1, "b": [1, 2]}) == digest_json({"b": [1, 2], "a": 1})
    assert digest_json([1, 2]) != digest_json([2, 1])
    assert digest_mapping({"a": b"1", "b": b"2"}) == digest_mapping({"b": b"2", "a": b"1"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": b"bc"}, {"ab": b"c"}),
        ({"a": b"1", "b": b"2"}, {"a": b"2", "b": b"1"}),
        ({"a": b""}, {}),
        ({"a": b"", "b": b""}, {"a": b"1:b0:"}),
        ({"é": b""}, {"e": b""}),
    ],
)
def test_no_two_mappings_share_a_digest(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> None:
    assert digest_mapping(one) != digest_mapping(other)
