"""A toolchain that nobody has measured is looked at before it is locked for a runtime floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY

from protoctl.errors import MachineError
from protoctl.model.toolchain import PYTHON
from protoctl.toolchain.gencode import find_fitting, see_gencode
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

INDEX = {"1.87.1": "8.38.0", "1.87.0": "8.38.0", "1.86.0": "7.36.0", "1.85.1": "7.35.1"}
"""Releases of grpcio-tools, newest first, to what their code is for."""


class Resolver:
    """Resolves from INDEX and remembers what it was asked."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.pinned = ""
        self.seen: list[str] = []

    def compile(self, bounds: Sequence[str]) -> str:
        """Pin the newest release below a bound."""
        end = bounds[0].removeprefix("grpcio-tools<") if bounds else "9"
        self.pinned = next(version for version in INDEX if version < end)
        return f"grpcio==1.0 \\\n    --hash=sha256:0\ngrpcio-tools=={self.pinned} \\\n    --hash=sha256:0\n"

    def see(self) -> str:
        """Give what the code of the pinned release is for."""
        self.seen.append(self.pinned)
        return INDEX[self.pinned]


@pytest.mark.parametrize(
    ("floor", "pinned", "seen"),
    [
        ("8.38", "1.87.1", ["1.87.1"]),
        ("7.40", "1.86.0", ["1.87.1", "1.86.0"]),
        ("7.35.1", "1.85.1", ["1.87.1", "1.86.0"]),
    ],
)
def test_the_newest_that_fits_is_found_and_the_known_are_not_looked_at(
    floor: str, pinned: str, seen: list[str]
) -> None:
    resolver = Resolver()
    find_fitting(floor, resolver.compile, resolver.see)
    assert (resolver.pinned, resolver.seen) == (pinned, seen)


@pytest.mark.registries
def test_a_toolchain_is_seen_to_write_what_its_header_says() -> None:
    assert see_gencode(REPOSITORY / "build/python/requirements.txt") == "6.31.1"
    lock = read_lock(REPOSITORY)
    assert lock
    assert lock.version("grpcio-tools", PYTHON).startswith("1.80."), "the expectation above belongs to this release"


def test_a_toolchain_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("")
    with pytest.raises(MachineError, match="cannot find out what protobuf runtime"):
        see_gencode(tmp_path / "requirements.txt")
