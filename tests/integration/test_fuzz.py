"""A fixed slice of `make fuzz`, so that it cannot rot, and proof that it finds what it looks for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from fuzz.__main__ import BUILDS, COMPARISON, fuzz
from fuzz.builds import Ground, judge, load
from fuzz.campaign import campaign
from fuzz.guided import guide, is_available
from fuzz.mutations import inputs
from fuzz.parsers import PARSERS
from fuzz.promise import BrokenPromiseError, Parser, hold
from fuzz.protos import CANARY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("name", [*(parser.name for parser in PARSERS), BUILDS, COMPARISON])
def test_no_input_breaks_a_promise(name: str, tmp_path: Path) -> None:
    (report,) = fuzz([name], 0, tmp_path)
    assert not report.fault, report.fault
    assert report.examples


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_seeds_begin_where_a_parser_is_content(parser: Parser) -> None:
    """Else what grows from them is refused at the door."""
    parser.read(parser.seeds()[0])


def wait(data: bytes) -> None:
    """Take too long for some input."""
    while b"slow" in data:
        pass


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda data: dict[bytes, int]()[data] if data.count(b"a") > 1 else None, "KeyError"),
        (lambda data: data.decode(), "UnicodeDecodeError"),
        (lambda data: bytearray(len(data) << 32), "MemoryError"),
    ],
)
def test_a_broken_promise_is_found(read: Callable[[bytes], object], said: str) -> None:
    parser = Parser("broken", read, (), lambda: [b"a seed"], (b"slow", b"a"))
    report = campaign(parser.name, inputs(parser), partial(hold, parser), 0)
    assert said in report.fault


def test_what_does_not_end_is_found() -> None:
    with pytest.raises(BrokenPromiseError, match="broken took more than 2 seconds for 4 bytes"):
        hold(Parser("broken", wait, (), list), b"slow")


def test_what_is_refused_as_declared_is_no_fault() -> None:
    parser = Parser("refuses", lambda data: dict[bytes, int]()[data], (KeyError,), lambda: [b"a"])
    assert not campaign(parser.name, inputs(parser), partial(hold, parser), 0, size=20).fault


@pytest.mark.skipif(not is_available(), reason="atheris is not installed; `make fuzz` does")
def test_coverage_guides_to_new_inputs(tmp_path: Path) -> None:
    report = guide("lock", 1, tmp_path)
    assert not report.fault, report.fault
    assert report.examples > 1


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Give a folder to build in."""
    (tmp_path / "ground").mkdir()
    return Ground(tmp_path / "ground")


def test_a_file_left_behind_is_found(ground: Ground) -> None:
    (ground.root / "tmp" / "left").touch()
    with pytest.raises(AssertionError, match="left behind"):
        judge(ground, ['syntax = "proto3";\npackage acme.m0.v1;\nmessage A {}\n'])


def test_code_that_runs_is_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading is what a consumer does; here something in the package acts."""

    def act(folder: Path, variables: dict[str, str], *command: str) -> None:
        """Load, and do what a payload would."""
        load(folder, variables, *command)
        (folder / CANARY).touch()

    monkeypatch.setattr("fuzz.builds.load", act)
    with pytest.raises(AssertionError, match="a payload was run"):
        judge(ground, ['syntax = "proto3";\npackage acme.m0.v1;\nmessage A {}\n'])
    assert ground.built == 1
