"""A container's share of a machine is what counts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from protoctl.kit.cores import core_count

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("max 100000\n", 8),
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("1000 100000\n", 1),
        ("6400000 100000\n", 8),
        ("", 8),
        ("nonsense", 8),
    ],
)
def test_a_control_group_grants_less(text: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    (tmp_path / "cpu.max").write_text(text)
    assert core_count(tmp_path / "cpu.max") == count


def test_a_process_may_be_bound_to_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5}, raising=False)
    assert core_count(tmp_path / "absent") == 2


def test_a_system_may_bind_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert core_count(tmp_path / "absent") == 1
