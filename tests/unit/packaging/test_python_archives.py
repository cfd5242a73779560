"""Archives depend on what is packed; the caller's clock leaves no trace."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from protoctl.kit.files import write_tree
from protoctl.packaging.python_archives import build_python_archives

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = b"""
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "thing"
version = "1"
[tool.hatch.build.targets.wheel]
packages = ["thing"]
"""


def make(root: Path) -> dict[str, bytes]:
    """Pack a project and give name to content."""
    write_tree(root / "project", {"pyproject.toml": PROJECT, "thing/a.py": b""})
    (root / "out").mkdir()
    return {path.name: path.read_bytes() for path in build_python_archives(root / "project", root / "out")}


@pytest.mark.parametrize("value", ["", "-1", "x", "0", "1667997441000"])
def test_the_callers_epoch_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """No value of it can be wrong, and it stays as it was."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    (tmp_path / "without").mkdir()
    (tmp_path / "with").mkdir()
    expected = make(tmp_path / "without")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    assert make(tmp_path / "with") == expected
    assert os.environ["SOURCE_DATE_EPOCH"] == value
