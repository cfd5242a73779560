"""Whatever changes, a watching build ends with what a cold one makes of it, and says so in one line."""

from __future__ import annotations

import os
import shutil
import signal
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from faults import Machine, snapshot, wait_until
from watching import ARGUMENTS, SECONDS, WATCHING, watched, watching

from protoctl.kit.archive import read_zip

if TYPE_CHECKING:
    from conftest import Protoctl, Workspace

MESSAGE = "message {name} {{ string {name} = 1; }}"
PYTHON = ("--target", "python")


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """Give a workspace in which one module uses another."""
    workspace.proto("acme/base/v1/base.proto", MESSAGE.format(name="Base"))
    workspace.proto(
        "acme/shop/v1/shop.proto", "message Shop { acme.base.v1.Base base = 1; }", imports=("acme/base/v1/base.proto",)
    )
    workspace.proto("acme/other/v1/other.proto", MESSAGE.format(name="Other"))
    return workspace


def assert_cold(protoctl: Protoctl, root: Path, place: Path) -> None:
    """See in `dist/` what a first build of the same files makes."""
    other = place / "cold"
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("dist", ".protoctl"))
    cache = place / "cache"
    cache.mkdir()
    (cache / "toolchains").symlink_to(f"{protoctl.environment['PROTOCTL_CACHE_DIR']}/toolchains")
    done = protoctl("build", *PYTHON, "--runner", "local", cwd=other, PROTOCTL_CACHE_DIR=str(cache))
    assert done.code == 0, done.err
    assert snapshot(root / "dist") == snapshot(other / "dist")


def test_each_save_is_built_and_told_in_a_line(protoctl: Protoctl, shop: Workspace, tmp_path: Path) -> None:
    with watching(protoctl, shop.root, *PYTHON) as watcher:
        watcher.wait_for("base, other and shop (")
        watcher.wait_for(WATCHING)
        shop.proto("acme/other/v1/other.proto", MESSAGE.format(name="Second"))
        assert watcher.wait_for("→").startswith("proto/acme/other/v1/other.proto → other (")
        shop.proto("acme/base/v1/base.proto", MESSAGE.format(name="Third"))
        watcher.wait_for("error: 1 problem in the protos")
        watcher.wait_for('proto/acme/shop/v1/shop.proto:4:16: "acme.base.v1.Base" is not defined')
        shop.proto("acme/base/v1/base.proto", "message Base { int32 changed = 1; }")
        assert watcher.wait_for("→").startswith("proto/acme/base/v1/base.proto → base and shop (")
        assert watcher.end(signal.SIGINT) == 130
        watcher.wait_for("interrupted; nothing was left half done")
    assert_cold(protoctl, shop.root, tmp_path)


@pytest.mark.slow
def test_editors_that_rename_and_folders_that_move_are_noticed(
    protoctl: Protoctl, shop: Workspace, tmp_path: Path
) -> None:
    with watching(protoctl, shop.root, *PYTHON) as watcher:
        watcher.wait_for(WATCHING)
        fresh = shop.proto("acme/other/v1/other.proto~", MESSAGE.format(name="Renamed"))
        fresh.write_text(fresh.read_text().replace("other.v1~", "other.v1"))
        fresh.replace(fresh.with_name("other.proto"))
        watcher.wait_for("proto/acme/other/v1/other.proto → other (")
        shop.proto("acme/new/v1/new.proto", MESSAGE.format(name="New"))
        watcher.wait_for("proto/acme/new/v1/new.proto → new (")
        (shop.root / "proto").rename(shop.root / "away")
        watcher.wait_for("error: the proto root")
        (shop.root / "away").rename(shop.root / "proto")
        watcher.wait_for("nothing to make")
        shutil.rmtree(shop.root / "proto/acme/new")
        watcher.wait_for("proto/acme/new/v1/new.proto → nothing to make (")
        assert watcher.end(signal.SIGTERM) == 143
    assert_cold(protoctl, shop.root, tmp_path)


@pytest.mark.slow
def test_configuration_and_lock_are_watched(protoctl: Protoctl, shop: Workspace, tmp_path: Path) -> None:
    lock = (shop.root / "protoctl.lock").read_text()
    with watching(protoctl, shop.root, *PYTHON, "--frozen") as watcher:
        watcher.wait_for(WATCHING)
        shop.configure('[workspace]\nname = "acme"\nmodules = ["acme/*"\n')
        watcher.wait_for("error: protoctl.toml:")
        shop.configure('[workspace]\nname = "team"\nmodules = ["acme/*"]\n')
        watcher.wait_for("protoctl.toml → base, other and shop (")
        shop.write("protoctl.lock", "nonsense")
        watcher.wait_for("error: protoctl.lock")
        fresh = shop.write("protoctl.lock.new", lock)
        fresh.replace(shop.root / "protoctl.lock")
        watcher.wait_for("protoctl.lock → nothing to make (")
        (shop.root / "idl").mkdir()
        shutil.move(shop.root / "proto/acme", shop.root / "idl/acme")
        watcher.wait_for("error: ")
        shop.configure('[workspace]\nname = "team"\nproto = "idl"\nmodules = ["acme/*"]\n')
        watcher.wait_for("→ nothing to make (")
        shop.write("idl/acme/base/v1/base.proto", 'syntax = "proto3";\npackage acme.base.v1;\nmessage Base {}\n')
        watcher.wait_for("idl/acme/base/v1/base.proto → base and shop (")
        assert watcher.end(signal.SIGINT) == 130
    assert_cold(protoctl, shop.root, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["protoctl.toml", "proto/acme/other/v1/other.proto"])
def test_a_change_during_a_build_is_built_after_it(
    protoctl: Protoctl, shop: Workspace, tmp_path: Path, path: str
) -> None:
    shop.proto("acme/other/v1/other.proto", MESSAGE.format(name=f"Not{len(path)}Built"))
    with watching(protoctl, shop.root, *PYTHON) as watcher:
        watcher.wait_for("generating and packing")
        text = (shop.root / path).read_text()
        shop.write(path, text.replace('"acme"', '"team"').replace("Built", "Meanwhile"))
        watcher.wait_for(f"{path} → ")
        assert watcher.end(signal.SIGINT) == 130
    assert_cold(protoctl, shop.root, tmp_path)


@pytest.mark.slow
def test_what_builds_write_wakes_nobody(protoctl: Protoctl, workspace: Workspace, tmp_path: Path) -> None:
    """Though `dist/` lies in the proto root, and nothing of a fault is remembered."""
    workspace.configure('[workspace]\nname = "acme"\nproto = "."\nmodules = ["acme/*"]\n')
    place = workspace.write("acme/a/v1/a.proto", 'syntax = "proto3";\npackage acme.a.v1;\nmessage A {}\n')
    with watching(protoctl, workspace.root, *PYTHON) as watcher:
        watcher.wait_for(WATCHING)
        before = len(watcher.said)
        place.write_text(place.read_text() + "fault\n")
        watcher.wait_for("error: 1 problem in the protos")
        watcher.wait_for("acme/a/v1/a.proto:4:1: ")
        place.write_text(place.read_text().replace("fault", "message Other {}"))
        watcher.wait_for("./acme/a/v1/a.proto → a (")
        assert len(watcher.said) == before + 3
        assert watcher.end(signal.SIGINT) == 130
    assert_cold(protoctl, workspace.root, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_result_is_that_of_a_cold_build(
    protoctl: Protoctl, shop: Workspace, tmp_path: Path, seed: int
) -> None:
    """A file that nothing else touches is changed last, so a build that has it has all that was done before."""
    chance = Random(seed)  # noqa: S311  any will do
    shop.proto("acme/last/v1/last.proto", MESSAGE.format(name="Begin"))
    with watching(protoctl, shop.root, *PYTHON) as watcher:
        watcher.wait_for(WATCHING)
        for number in range(6):
            for _ in range(chance.randint(1, 5)):
                chance.choice(ACTS)(shop, chance)
            shop.configure('[workspace]\nname = "acme"\nmodules = ["acme/*"]\n')
            for path in shop.root.glob("proto/acme/*/v1/broken.proto"):
                path.unlink()
            shop.proto("acme/last/v1/last.proto", MESSAGE.format(name=f"Round{number}"))
            wait_until(partial(has_message, shop.root / "dist", f"Round{number}"), SECONDS)
        assert watcher.end(signal.SIGINT) == 130
    assert_cold(protoctl, shop.root, tmp_path)


def has_message(dist: Path, name: str) -> bool:
    """Tell whether the package of the file that is changed last has a message by now.

    It is absent after a round that saw the protos on their way to another folder.
    """
    try:
        data = (dist / "python/acme_last-0.1.0.dev0-py3-none-any.whl").read_bytes()
    except FileNotFoundError:
        return False
    return f"message {name} ".encode() in read_zip(data, limit=1 << 20)["acme/last/v1/last.proto"]


def edit(shop: Workspace, chance: Random) -> None:
    """Write a file of one of four modules, new or as it may have been before."""
    file = chance.choice("xy")
    body = MESSAGE.format(name=f"{chance.choice('ABC')}{file}")
    shop.proto(f"acme/{chance.choice('pqrs')}/v1/{file}.proto", body)


def remove(shop: Workspace, chance: Random) -> None:
    """Delete a module that is there."""
    for module in chance.sample("pqrs", 2):
        shutil.rmtree(shop.root / f"proto/acme/{module}", ignore_errors=True)


def rename(shop: Workspace, chance: Random) -> None:
    """Let files have another name, in place of what has it already."""
    for path in sorted(shop.root.glob("proto/acme/[p-s]/v1/x.proto"))[: chance.randint(0, 2)]:
        path.write_text(path.read_text().replace("x {", "y {").replace("x = 1", "y = 1"))
        path.replace(path.with_name("y.proto"))


def spoil(shop: Workspace, chance: Random) -> None:
    """Add a file that does not compile, or configuration that cannot be read."""
    if chance.random() < 0.5:
        shop.proto(f"acme/{chance.choice('pqrs')}/v1/broken.proto", "nonsense")
    else:
        shop.configure("[workspace")


def move_away(shop: Workspace, chance: Random) -> None:
    """Let another folder be the proto root, with the same files."""
    place = shop.root / f"proto{chance.random()}"
    shutil.copytree(shop.root / "proto", place)
    shutil.rmtree(shop.root / "proto")
    place.rename(shop.root / "proto")


ACTS = (edit, edit, edit, remove, rename, spoil, move_away)


@pytest.mark.slow
def test_nothing_is_left_of_it(used: Machine, references: dict[str, dict[str, bytes]]) -> None:
    with watched(used.start(*ARGUMENTS, "--target", "python")) as watcher:
        watcher.wait_for(WATCHING)
        used.edit("first")
        watcher.wait_for("→ a (")
        assert watcher.end(signal.SIGINT) == 130
    used.assert_clean()
    assert snapshot(used.dist) == {
        path: data for path, data in references["first"].items() if path.startswith("python/")
    } | {"manifest.json": snapshot(used.dist)["manifest.json"]}


@pytest.mark.slow
def test_a_driver_that_dies_between_two_builds_is_replaced(used: Machine) -> None:
    with watched(used.start(*ARGUMENTS, "--target", "python")) as watcher:
        watcher.wait_for(WATCHING)
        drivers = used.programs("runners/driver.py")
        assert drivers
        for number in drivers:
            os.kill(number, signal.SIGKILL)
        wait_until(lambda: not any(Path(f"/proc/{number}").exists() for number in drivers))  # its end was asked for
        used.edit("third")
        watcher.wait_for("→ a (")
        assert not [line for line in watcher.said if "error" in line]
        assert watcher.end(signal.SIGINT) == 130
    used.assert_clean()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--release",), "a release is made once, not watched"),
        (("--json",), "--json tells of one build"),
        (("nothing",), "there is no module 'nothing'"),
    ],
)
def test_what_cannot_be_watched_is_refused(
    protoctl: Protoctl, shop: Workspace, arguments: tuple[str, ...], said: str
) -> None:
    done = protoctl("build", "--watch", *arguments, cwd=shop.root)
    assert done.code == 2
    assert said in done.err
