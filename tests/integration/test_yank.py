"""`protoctl yank` on an index that is a folder: withdrawn, given back, and what dependants are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from parcels import make_tarball, make_wheel

from protoctl.indexes.access.exchange import Limits
from protoctl.indexes.directory import FolderIndex
from protoctl.model.index import Upload

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Workspace
    from registries import Registry

TABLE = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n\n[indexes.team]\nkind = "directory"\nurl = "index"\n'
VERSIONS = ("1.3.0", "1.4.0rc1", "1.4.0")
REASON = "loses the time zone, use 1.3.0"


@pytest.fixture
def team(workspace: Workspace) -> Workspace:
    """Give a workspace with three versions of `user` in both languages, and shops that are built on them."""
    workspace.configure(TABLE)
    for module in ("user", "shop", "market"):
        workspace.proto(f"acme/{module}/v1/{module}.proto")
    for version in VERSIONS:
        publish(workspace, "user", version)
    publish(workspace, "shop", "1.0.0", requires="acme-user<2,>=1.4.0")
    publish(workspace, "market", "1.0.0", requires="acme-user<2,>=1.3.0")
    return workspace


def publish(team: Workspace, module: str, version: str, *, requires: str = "", at: str = "index") -> None:
    """Put wheel and tarball of a module on an index, as `protoctl publish` does."""
    made = team.root / "made"
    wheel, tarball = make_wheel(made, module, version, requires=requires), make_tarball(made, module, version)
    npm = tarball.stem.removeprefix(f"acme-{module}-")
    index = FolderIndex("team", team.root / at, Limits())
    index.upload(Upload("python", f"acme-{module}", version, wheel.name, wheel.read_bytes()))
    name = f"@acme/{module}"
    index.upload(Upload("node", name, npm, tarball.name, tarball.read_bytes(), dist_tag="staged"))
    index.set_tag(name, npm, "latest")


def withdrawn(team: Workspace) -> set[str]:
    """Give the files of `user` that are withdrawn."""
    index = FolderIndex("team", team.root / "index", Limits())
    listed = [*index.list_files("python", "acme-user"), *index.list_files("node", "@acme/user")]
    return {one.file for one in listed if one.is_withdrawn}


def latest(team: Workspace) -> str:
    """Give the version that npm installs of `user` when nobody asks for one."""
    return str(json.loads((team.root / "index/npm/@acme/user").read_text())["dist-tags"]["latest"])


def run(protoctl: Protoctl, team: Workspace, *arguments: str, code: int = 0) -> dict[str, Any]:
    """Give what `yank --json` says."""
    done = protoctl("yank", *arguments, "--json", cwd=team.root)
    assert done.code == code, done.err
    value: dict[str, Any] = json.loads(done.out)
    assert value["format"] == 1
    return value


def test_a_version_is_withdrawn_in_both_languages_and_its_dependants_are_told(
    protoctl: Protoctl, team: Workspace
) -> None:
    done = protoctl("yank", "acme-user==1.4.0", "--reason", REASON, cwd=team.root)
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "team: acme-user 1.4.0 withdrawn",
        "team: @acme/user 1.4.0 withdrawn, latest is 1.3.0",
        "shop 1.0.0 requires acme-user<2,>=1.4.0: no other version fits",
    ]
    assert withdrawn(team) == {"acme_user-1.4.0-py3-none-any.whl", "user-1.4.0.tgz"}
    assert latest(team) == "1.3.0"
    assert REASON in (team.root / "index/simple/acme-user/index.html").read_text()


def test_it_can_be_run_again_and_be_taken_back(protoctl: Protoctl, team: Workspace) -> None:
    run(protoctl, team, "user==1.4.0", "--reason", REASON)
    again = run(protoctl, team, "user==1.4.0", "--reason", REASON)
    assert [one["state"] for one in again["withdrawals"]] == ["unchanged", "unchanged"]
    back = run(protoctl, team, "user==1.4.0", "--undo")
    assert [(one["state"], one["latest"]) for one in back["withdrawals"]] == [("changed", ""), ("changed", "1.4.0")]
    assert back["dependants"] == []
    assert (withdrawn(team), latest(team)) == (set(), "1.4.0")
    publish(team, "user", "1.4.1")
    found = run(protoctl, team, "user==1.4.0", "--reason", REASON)
    assert latest(team) == "1.4.1"
    assert [(one["module"], one["is_stranded"]) for one in found["dependants"]] == [("shop", False)]


def test_a_run_that_stopped_before_latest_was_moved_is_gone_on_with(protoctl: Protoctl, team: Workspace) -> None:
    FolderIndex("team", team.root / "index", Limits()).withdraw("node", "@acme/user", "1.4.0", REASON)
    assert latest(team) == "1.4.0"
    run(protoctl, team, "user==1.4.0", "--reason", REASON)
    assert latest(team) == "1.3.0"


def test_the_last_release_keeps_latest_and_this_is_told(protoctl: Protoctl, team: Workspace) -> None:
    done = protoctl("yank", "shop==1.0.0", "--reason", REASON, cwd=team.root)
    assert done.code == 0
    assert "@acme/shop 1.0.0 withdrawn: latest stays on it, no other release is left\n" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user==1.4.0",), "a version is withdrawn for a reason"),
        (("user==1.4.0", "--reason", " "), "a version is withdrawn for a reason"),
        (("user==1.4.0", "--reason", "two\nlines"), "more than one line"),
        (("user==1.4.0", "--undo", "--reason", "x"), "needs no reason"),
        (("user==1.5.0", "--reason", "x"), "did you mean 1.4.0"),
        (("usr==1.4.0", "--reason", "x"), "did you mean user"),
        (("user", "--reason", "x"), "is no version"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    protoctl: Protoctl, team: Workspace, arguments: tuple[str, ...], said: str
) -> None:
    done = protoctl("yank", *arguments, cwd=team.root)
    assert done.code == 2
    assert said in done.err
    assert withdrawn(team) == set()


@pytest.mark.slow
@pytest.mark.registries
@pytest.mark.xdist_group("indexes")
def test_a_registry_deprecates_and_a_python_index_cannot(
    protoctl: Protoctl, workspace: Workspace, devpi: Registry, verdaccio: Registry, tmp_path: Path
) -> None:
    servers = {"python": devpi, "node": verdaccio}
    tables = [f'[indexes.{name}]\nkind = "{one.kind}"\nurl = "{one.url}"\n' for name, one in servers.items()]
    workspace.configure("\n".join([TABLE.partition("[indexes")[0], *tables]))
    workspace.proto("acme/parcel/v1/parcel.proto")
    devpi.upload(make_wheel(tmp_path, "parcel", "1.4.0"))
    verdaccio.upload(*(make_tarball(tmp_path, "parcel", version) for version in ("1.3.0", "1.4.0")))
    verdaccio.run_npm("dist-tag", "add", "@acme/parcel@1.4.0", "latest")
    home = {"HOME": str(verdaccio.folder)}
    for spelled in ("withdrawn, latest is 1.3.0", "withdrawn already"):
        done = protoctl("yank", "parcel==1.4.0", "--reason", REASON, cwd=workspace.root, **home)
        assert done.code == 2, done.err
        assert done.out.startswith("python: acme-parcel 1.4.0 failed: python: cannot yank acme-parcel 1.4.0")
        assert f"\nnode: @acme/parcel 1.4.0 {spelled}\n" in done.out
    done = protoctl("yank", "parcel==1.4.0", "--undo", cwd=workspace.root, **home)
    assert "\nnode: @acme/parcel 1.4.0 given back, latest is 1.4.0\n" in done.out
