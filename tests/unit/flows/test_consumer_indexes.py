"""Installers that ask several indexes for one name are told, without what opens doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.flows.consumer_indexes import look_at_indexes
from protoctl.flows.doctor import Status

if TYPE_CHECKING:
    from pathlib import Path

OURS = "https://me:secret@packages.example/simple/"


def told(folder: Path, **variables: str) -> list[tuple[str, str]]:
    """Give what is told of a user whose home and environment are below a folder."""
    environment = {"HOME": str(folder / "home"), "XDG_CONFIG_DIRS": str(folder / "none"), **variables}
    found = list(look_at_indexes(environment, folder / "env"))
    assert all(part.status is Status.NOTE and part.hint and part.exit_code == 0 for part in found)
    assert "secret" not in str(found)
    return [(part.name, part.text.partition(":")[0]) for part in found]


def write(path: Path, text: str) -> None:
    """Write a file."""
    path.parent.mkdir(parents=True)
    path.write_text(text)


def test_one_index_is_no_reason_to_worry(tmp_path: Path) -> None:
    write(tmp_path / "home/.config/uv/uv.toml", 'index-strategy = "first-index"\n')
    assert told(tmp_path, PIP_INDEX_URL=OURS, UV_INDEX=f"{OURS} https://more.example/simple/") == []


@pytest.mark.parametrize("place", ["env/pip.conf", "home/.config/pip/pip.conf"])
def test_a_second_index_of_pip_is_told_wherever_it_is_set(tmp_path: Path, place: str) -> None:
    write(tmp_path / place, f"[global]\nextra-index-url = {OURS}\n")
    assert told(tmp_path) == [("pip indexes", "pip asks https")]
    assert told(tmp_path, PIP_EXTRA_INDEX_URL="") == [("pip indexes", "pip asks https")]


def test_both_indexes_are_named(tmp_path: Path) -> None:
    variables = {"PIP_INDEX_URL": OURS, "PIP_EXTRA_INDEX_URL": "https://other.example/simple/"}
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path), **variables}
    (part,) = look_at_indexes(environment, tmp_path)
    assert "asks https://packages.example/simple/ and https://other.example/simple/ for every name" in part.text


def test_a_strategy_of_uv_that_mixes_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, UV_INDEX_STRATEGY="unsafe-first-match")[0][0] == "uv indexes"
    write(tmp_path / "home/.config/uv/uv.toml", 'index-strategy = "unsafe-best-match"\n')
    assert told(tmp_path)[0][0] == "uv indexes"


def test_settings_that_cannot_be_read_stop_nothing(tmp_path: Path) -> None:
    write(tmp_path / "home/.config/uv/uv.toml", "index-strategy = \n")
    write(tmp_path / "env/pip.conf", "no section\n")
    assert [name for name, _ in told(tmp_path)] == ["pip indexes"]
