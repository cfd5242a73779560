"""A cold build knows nothing, and a run that did less than it should is no result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bench.contenders import UnfairError
from bench.ground import Ground
from bench.ours import Ours, add_comment, add_field

if TYPE_CHECKING:
    from pathlib import Path

PROTO = 'syntax = "proto3";\n\nenum Kind {\n  NONE = 0;\n}\n\nmessage User {\n  string id = 1;\n}\n'


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    """Give builds on a ground with two modules, of which one build is finished."""
    found = Ours(Ground(tmp_path, ("a.proto", "b.proto"), 2, {}), ("node", "python"))
    for name in ("cache/results", "cache/toolchains", ".protoctl", "dist"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "cache/index").write_text("")
    place(found, "a", "b")
    return found


def place(ours: Ours, *modules: str, version: int = 0) -> None:
    """Write a manifest with packages of these modules."""
    artifacts = [{"module": name, "target": target, "version": version} for name in modules for target in ours.targets]
    (ours.ground.root / "dist/manifest.json").write_text(json.dumps({"artifacts": artifacts}))


def test_nothing_is_left_but_the_toolchain(ours: Ours) -> None:
    ours.forget()
    assert sorted(path.name for path in ours.ground.root.iterdir()) == ["cache"]
    assert [path.name for path in ours.ground.cache.iterdir()] == ["toolchains"]


def test_a_build_that_made_something_is_not_idle(ours: Ours) -> None:
    ours.remember()
    ours.check_same()
    place(ours, "a", "b", version=1)
    with pytest.raises(UnfairError):
        ours.check_same()


def test_a_build_makes_every_package_and_something_new(ours: Ours) -> None:
    ours.check_new()
    ours.remember()
    with pytest.raises(UnfairError):
        ours.check_new()
    place(ours, "a", "b", version=1)
    ours.check_new()
    place(ours, "a", version=1)
    with pytest.raises(UnfairError):
        ours.check_new()


def test_edits_go_into_the_first_message() -> None:
    for edit, line in ((add_field, "    string bench_7 = 10007;"), (add_comment, "    // This is comment 7.")):
        lines = edit(PROTO, 7).splitlines()
        assert lines[lines.index("message User {") + 1] == line
        assert [one for one in lines if one != line] == PROTO.splitlines()
