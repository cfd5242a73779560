"""Every change of what is watched is noticed, and nothing else."""

from __future__ import annotations

import shutil
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from watchfiles import Change

from protoctl.errors import MachineError
from protoctl.workspace.lookout import Ear, Lookout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 30


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder with a proto root two levels down."""
    root = tmp_path / "root"
    (root / "idl/proto/acme").mkdir(parents=True)
    (root / "idl/proto/acme/a.proto").write_text("")
    (root / "protoctl.toml").write_text("")
    return root


@pytest.fixture
def lookout(root: Path) -> Iterator[Lookout]:
    """Watch it."""
    with Lookout(root, ["protoctl.toml"], [root / "dist"]) as lookout:
        assert lookout.aim([root / "idl/proto"])
        yield lookout


def notices(lookout: Lookout, act: Callable[[], object]) -> bool:
    """Tell whether somebody who waits goes on after an act."""
    waiting = Thread(target=lookout.wait, daemon=True)
    waiting.start()
    act()
    waiting.join(SECONDS)
    return not waiting.is_alive()


def nothing() -> None:
    """Do nothing."""


def test_protos_files_and_folders_are_noticed(root: Path, lookout: Lookout) -> None:
    assert notices(lookout, lambda: (root / "idl/proto/acme/a.proto").write_text("more"))
    assert notices(lookout, (root / "idl/proto/acme/a.proto").unlink)
    assert notices(lookout, lambda: (root / "protoctl.toml").write_text("more"))
    assert notices(lookout, lambda: (root / "idl/proto/new/deep").mkdir(parents=True))
    assert notices(lookout, lambda: (root / "idl/proto/new/deep/b.proto").write_text("more"))
    assert notices(lookout, lambda: (root / "idl/proto/new").rename(root / "idl/proto/old"))
    assert not lookout.aim([root / "idl/proto"])


def test_a_change_while_nobody_waits_is_kept(root: Path, lookout: Lookout) -> None:
    (root / "idl/proto/acme/a.proto").write_text("more")
    assert notices(lookout, nothing)


@pytest.mark.parametrize("path", ["idl/proto", "idl"])
def test_a_folder_that_another_takes_the_place_of_is_watched_again(root: Path, lookout: Lookout, path: str) -> None:
    shutil.rmtree(root / path)
    (root / "idl/proto").mkdir(parents=True)
    while not lookout.aim([root / "idl/proto"]):
        assert notices(lookout, nothing)
    assert notices(lookout, lambda: (root / "idl/proto/b.proto").write_text(""))


def test_a_folder_that_comes_later_is_watched(root: Path) -> None:
    with Lookout(root, [], []) as lookout:
        assert lookout.aim([root / "build"])
        assert notices(lookout, (root / "build").mkdir)
        assert lookout.aim([root / "build"])
        assert notices(lookout, lambda: (root / "build/python.txt").write_text(""))


def test_what_editors_and_builds_write_aside_does_not_count(root: Path) -> None:
    lookout = Lookout(root, ["protoctl.toml"], [root / "dist"])
    inside = {
        path: lookout.is_inside(Change.added, str(root / path))
        for path in ("a.proto", "note.txt", "folder", ".a.proto.swp", "a.proto~", "dist/a.whl", ".dist-new-x/a.proto")
    }
    assert [path for path, counts in inside.items() if counts] == ["a.proto", "note.txt", "folder"]
    beside = {path: lookout.is_named(Change.added, str(root / path)) for path in ("protoctl.toml", "dist")}
    assert [path for path, counts in beside.items() if counts] == ["protoctl.toml"]


def test_what_the_system_does_not_watch_is_a_fault_of_the_machine(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(ear: Ear) -> None:
        ear.error = OSError("OS file watch limit reached")
        ear.begun.set()

    monkeypatch.setattr(Ear, "listen", refuse)
    with Lookout(root, [], []) as lookout, pytest.raises(MachineError, match="cannot watch") as raised:
        lookout.aim([root / "idl"])
    assert "max_user_watches" in raised.value.hint
