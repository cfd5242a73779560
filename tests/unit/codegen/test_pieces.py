"""Work is divided by time and memory, and nothing of it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.codegen.memory import memory_limit
from protoctl.codegen.pieces import BYTES, HELD, UNIT, divide
from protoctl.codegen.plugin import Job
from protoctl.errors import UsageError
from protoctl.targets.node.target import CODE
from protoctl.targets.python.target import STUBS

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.codegen.plugin import Plugin

PLENTY = 1 << 40


def shares(plugin: Plugin, count: int) -> list[Job]:
    """Give shares of one file each."""
    return [Job("any", plugin, (f"{number:03}.proto",)) for number in range(count)]


def test_little_work_is_one_piece_for_each_plugin() -> None:
    missing = {plugin: shares(plugin, 5) for plugin in (CODE, STUBS)}
    pieces = divide(missing, dict.fromkeys([one for group in missing.values() for one in group], 1000), 2, PLENTY)
    assert {piece.plugin: list(piece.shares) for piece in pieces} == missing


def test_much_work_is_divided_evenly_and_all_of_it_is_there() -> None:
    found = shares(CODE, 100)
    size = round(UNIT / CODE.weight / 10)
    pieces = divide({CODE: found}, dict.fromkeys(found, size), 2, PLENTY)
    assert [share for piece in pieces for share in piece.shares] == found
    assert len(pieces) >= 4
    assert max(len(piece.shares) for piece in pieces) - min(len(piece.shares) for piece in pieces) <= 1


@pytest.mark.parametrize("memory", [PLENTY, 64 << 20, 1])
def test_no_process_gets_more_than_memory_allows(memory: int) -> None:
    found = shares(CODE, 64)
    size = 1 << 18
    pieces = divide({CODE: found}, dict.fromkeys(found, size), 2, memory)
    assert [share for piece in pieces for share in piece.shares] == found
    allowed = max(min(BYTES, memory // (2 * HELD)), size)
    assert max(len(piece.shares) * size for piece in pieces) <= allowed + size


def test_plugins_advance_together() -> None:
    missing = {plugin: shares(plugin, 40) for plugin in (CODE, STUBS)}
    sizes = dict.fromkeys([one for group in missing.values() for one in group], 1 << 20)
    plugins = [piece.plugin for piece in divide(missing, sizes, 2, PLENTY)]
    assert set(plugins[: len(plugins) // 2]) == {CODE, STUBS}


def test_the_environment_says_how_much_memory_there_is(tmp_path: Path) -> None:
    group = tmp_path / "memory.max"
    assert memory_limit({"PROTOCTL_MEMORY": "800 MB"}, group) == 800_000_000
    whole = memory_limit({}, group)
    group.write_text("max\n")
    assert memory_limit({}, group) == whole
    group.write_text("1000000\n")
    assert memory_limit({}, group) == 500_000
    with pytest.raises(UsageError, match="PROTOCTL_MEMORY is no size"):
        memory_limit({"PROTOCTL_MEMORY": "much"}, group)
