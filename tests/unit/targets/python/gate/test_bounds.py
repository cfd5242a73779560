"""Which wheels are tried together, what is remembered of an index, and which floors are tried; no index is asked."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from protoctl.kit.files import write_atomic
from protoctl.model.event import silent
from protoctl.packaging.embedded import Embedded, Record
from protoctl.schema.view import Schema
from protoctl.targets.python.gate.beside import find_needed
from protoctl.targets.python.gate.floors import Floor, advise, find_floors
from protoctl.targets.python.gate.groups import split
from protoctl.targets.python.gate.pythons import Interpreter, find_pythons
from protoctl.targets.python.gate.resolution import Mode, Resolved, resolve
from protoctl.targets.python.gate.trials import Delivery
from protoctl.verification.parcel import Parcel
from protoctl.verification.workbench import Workbench, environment_key

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTHON = Interpreter("/no/python", "3.11.7")
NEVER = 4e9
"""A time that is long to come, in seconds since the epoch."""


def wheel(module: str, *requires: str) -> Parcel:
    """Give a wheel that says no more than it has to."""
    record = Record(1, module, "1.0.0", f"acme/{module}", (f"acme/{module}/v1/a.proto",), "", "", "", (), "")
    embedded = Embedded("wheel", f"acme-{module}", "1.0.0", requires, (), record, b"")
    return Parcel(Path(f"/no/acme_{module}-1.0.0-py3-none-any.whl"), embedded, Schema({}, {}))


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    """Give a workbench that cannot ask an index."""
    return Workbench(tmp_path, tmp_path, silent, offline=True)


def remember(workbench: Workbench, bounds: Sequence[str], mode: Mode, answer: Resolved) -> None:
    """Let an answer be known, as an earlier run would have left it."""
    name = environment_key("resolution", sorted(bounds), mode.value, PYTHON.version)
    write_atomic(workbench.folder(f"resolutions/{name}.json"), msgspec.json.encode(answer))


def pins(**versions: str) -> Resolved:
    """Give an answer with some pins."""
    return Resolved(
        "".join(f"{name}=={version} \\\n    --hash=sha256:00\n" for name, version in versions.items()), "", NEVER
    )


def modules(deliveries: Sequence[Delivery]) -> list[list[str]]:
    """Give the modules that are tried together."""
    return [[one.module for one in delivery.tried] for delivery in deliveries]


def test_wheels_whose_lowest_releases_are_the_same_are_tried_together(workbench: Workbench) -> None:
    one, two = wheel("one", "protobuf>=6"), wheel("two", "grpcio>=1", "protobuf>=6")
    remember(workbench, ["protobuf>=6"], Mode.LOWEST, pins(protobuf="6.0"))
    remember(workbench, ["grpcio>=1", "protobuf>=6"], Mode.LOWEST, pins(grpcio="1.0", protobuf="6.0"))
    assert modules(split(Delivery([one, two], []), Mode.LOWEST, PYTHON, workbench)) == [["one", "two"]]


def test_a_wheel_that_allows_older_releases_than_the_others_let_in_is_tried_apart(workbench: Workbench) -> None:
    low, high = wheel("low", "protobuf>=5"), wheel("high", "protobuf>=6")
    remember(workbench, ["protobuf>=5"], Mode.LOWEST, pins(protobuf="5.0"))
    for bounds in (["protobuf>=6"], ["protobuf>=5", "protobuf>=6"]):
        remember(workbench, bounds, Mode.LOWEST, pins(protobuf="6.0"))
    assert modules(split(Delivery([low, high], []), Mode.LOWEST, PYTHON, workbench)) == [["high"], ["low"]]


def test_wheels_that_cannot_be_met_or_contradict_each_other_are_tried_apart(workbench: Workbench) -> None:
    impossible, old, new = wheel("a", "protobuf<1"), wheel("b", "protobuf<6"), wheel("c", "protobuf>=6")
    remember(workbench, ["protobuf<1"], Mode.NEWEST, Resolved("", "No solution found", NEVER))
    remember(workbench, ["protobuf<6"], Mode.NEWEST, pins(protobuf="5.9"))
    remember(workbench, ["protobuf>=6"], Mode.NEWEST, pins(protobuf="7.0"))
    remember(workbench, ["protobuf<6", "protobuf>=6"], Mode.NEWEST, Resolved("", "No solution found", NEVER))
    found = split(Delivery([impossible, old, new], []), Mode.NEWEST, PYTHON, workbench)
    assert modules(found) == [["a"], ["b"], ["c"]]


def test_wheels_take_what_they_need_with_them_and_do_not_ask_the_index_for_it(workbench: Workbench) -> None:
    base, middle = wheel("base", "protobuf>=6"), wheel("middle", "acme_base>=1")
    top, other = wheel("top", "Acme.Middle<2"), wheel("other", "absent")
    beside = {f"acme-{one.module}": one for one in (base, middle, top, other)}
    assert [one.module for one in find_needed([top], beside)] == ["middle", "base"]
    delivery = Delivery([top, other], [middle, base])
    assert delivery.bounds == ("absent", "protobuf>=6")
    assert delivery.only([top]).bounds == ("protobuf>=6",)
    assert workbench.offline


def test_only_floors_of_what_is_tried_and_comes_from_the_index_are_lowered() -> None:
    tried = wheel("top", "acme-base>=1", "protobuf<9,>=6.31.1", "typing-extensions", "grpcio~=1.2", "types-x>=2")
    delivery = Delivery([tried], [wheel("base", "pydantic>=2")])
    assert {(floor.name, floor.version) for floor in find_floors(delivery)} == {
        ("protobuf", "6.31.1"),
        ("types-x", "2"),
    }


def test_an_owner_can_be_bounded_by_hand_and_what_code_checks_cannot() -> None:
    assert advise(Floor("acme-x>=2", "acme-x", "2"), "1.9") == '; [dependencies] may say python = "acme-x>=1.9"'
    assert advise(Floor("protobuf>=6", "protobuf", "6"), "5.9") == ""
    assert advise(Floor("types-x>=6", "types-x", "6"), "5.9") == ""


@pytest.mark.parametrize(
    ("mode", "age", "is_known"), [("lowest", 1e9, True), ("newest", 1e5, False), ("newest", 1e3, True)]
)
def test_the_lowest_is_known_for_good_and_the_newest_for_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, age: float, *, is_known: bool
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    workbench = Workbench(tmp_path, tmp_path, silent)
    python = find_pythons(">=3.9")[0]
    name = environment_key("resolution", ["absent-for-sure"], mode, python.version)
    made = Resolved("absent==1.0\n", "", time.time() - age)
    write_atomic(workbench.folder(f"resolutions/{name}.json"), msgspec.json.encode(made))
    assert resolve(["absent-for-sure"], Mode(mode), python, workbench, age=math.inf) == made
    assert (resolve(["absent-for-sure"], Mode(mode), python, workbench) == made) is is_known


def test_pythons_are_found_in_order_and_only_those_that_fit() -> None:
    versions = [tuple(map(int, one.version.split("."))) for one in find_pythons(">=3.9")]
    assert versions == sorted(versions)
    assert any(version >= (3, 11) for version in versions)
    assert find_pythons(">=3.99") == []
